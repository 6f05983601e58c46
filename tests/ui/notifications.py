# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop's notifications, as a server on the session bus that writes down what it is asked to show."""

from gi.repository import Gio, GLib

NAME = 'org.freedesktop.Notifications'
PATH = '/org/freedesktop/Notifications'
XML = f'''<node><interface name="{NAME}">
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
<arg type="a{{sv}}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/><arg type="s" direction="out"/></method>
</interface></node>'''


class Notifications:
    """What is shown: a list of (id, title, body)."""

    def __init__(self):
        self.shown, self.closed, self.last_id = [], [], 0
        flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
                 | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        self.bus = Gio.DBusConnection.new_for_address_sync(
            Gio.dbus_address_get_for_bus_sync(Gio.BusType.SESSION, None), flags, None, None)
        interface = Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0]
        self.bus.register_object(PATH, interface, self._called, None, None)
        self.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                           'RequestName', GLib.Variant('(su)', (NAME, 4)), None, 0, -1, None)

    def _called(self, _bus, _sender, _path, _interface, method, parameters, invocation):
        answer = None
        if method == 'Notify':
            _app, replaces, _icon, title, body, *_rest = parameters.unpack()
            self.last_id += 1
            number = replaces or self.last_id
            self.shown.append((number, title, body))
            answer = GLib.Variant('(u)', (number,))
        elif method == 'CloseNotification':
            self.closed.append(parameters.unpack()[0])
        elif method == 'GetCapabilities':
            answer = GLib.Variant('(as)', (['body', 'actions'],))
        else:
            answer = GLib.Variant('(ssss)', ('test', '', '1', '1.2'))
        invocation.return_value(answer)

    def press(self, number):
        self.bus.emit_signal(None, PATH, NAME, 'ActionInvoked', GLib.Variant('(us)', (number, 'default')))

    def close(self):
        self.bus.close_sync(None)
