"""Problems that households or villages raise, and each move until they are solved."""
