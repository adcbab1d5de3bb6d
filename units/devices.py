"""Describe a browser by its user agent: Chrome，安卓手机."""

BROWSERS = {
    "wxwork": "企业微信",
    "MicroMessenger": "微信",
    "DingTalk": "钉钉",
    "MQQBrowser": "QQ 浏览器",
    "QQBrowser": "QQ 浏览器",
    "UCBrowser": "UC 浏览器",
    "QihooBrowser": "360 浏览器",
    "QHBrowser": "360 浏览器",
    "360SE": "360 浏览器",
    "HuaweiBrowser": "华为浏览器",
    "MiuiBrowser": "小米浏览器",
    "HeyTapBrowser": "OPPO 浏览器",
    "VivoBrowser": "vivo 浏览器",
    "Edg": "Edge",
    "Firefox": "火狐",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
"""The first match wins: all but the last two also claim to be Chrome or Safari."""
SYSTEMS = {
    "OpenHarmony": "鸿蒙设备",
    "HarmonyOS": "鸿蒙设备",
    "iPhone": "苹果手机",
    "iPad": "苹果平板",
    "Windows": "Windows 电脑",
    "Macintosh": "苹果电脑",
    "UOS": "统信电脑",
    "Kylin": "麒麟电脑",
    "Linux": "Linux 电脑",
}


def device_of(agent: str) -> str:
    browser = next((name for mark, name in BROWSERS.items() if mark in agent), "别的浏览器")
    return f"{browser}，{_system(agent)}"


def _system(agent: str) -> str:
    if "Android" in agent and "HarmonyOS" not in agent:
        return "安卓手机" if "Mobile" in agent else "安卓平板"
    return next((name for mark, name in SYSTEMS.items() if mark in agent), "别的设备")
