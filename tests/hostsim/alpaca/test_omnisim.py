"""The OmniSim preset over HTTP: it answers as its description says, sentence by sentence, quirks included."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

import httpx
import pytest

from hostsim.alpaca.app import Presentation
from hostsim.alpaca.configuration import ServerConfig
from hostsim.alpaca.presets import Preset, preset_server
from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.frame import FrameSource
from hostsim.devices.parts.mount import PierSide

# A line is a request, then ` = ` the value or ` ! ` the error number that is expected; or seconds to wait; or `leave`,
# which disconnects a device.
SENTENCES = {
    "the camera has interface version 3, in which there is no Connect": """
        GET camera/0/interfaceversion = 3
        PUT camera/0/connect ! 0x40B
        PUT camera/0/disconnect ! 0x40B
        GET camera/0/connecting ! 0x40B
        GET camera/0/devicestate ! 0x40B""",
    "Platform 7 devices connect in their own time": """
        leave focuser/0
        PUT focuser/0/connect
        GET focuser/0/connecting = true
        wait 1.4
        GET focuser/0/connected = false
        wait 0.2
        GET focuser/0/connected = true""",
    "sensor and limits of the camera": """
        GET camera/0/cameraxsize = 800
        GET camera/0/cameraysize = 600
        GET camera/0/pixelsizex = 5.6
        GET camera/0/sensortype = 0
        GET camera/0/maxadu = 65535
        GET camera/0/electronsperadu = 0.8
        GET camera/0/fullwellcapacity = 30000
        GET camera/0/maxbinx = 4
        GET camera/0/canasymmetricbin = true
        GET camera/0/hasshutter = true
        GET camera/0/exposuremin = 0.001
        GET camera/0/exposuremax = 3600
        GET camera/0/exposureresolution = 0.001
        GET camera/0/readoutmodes = ["Default"]
        GET camera/0/bayeroffsetx ! 0x400
        GET camera/0/subexposureduration ! 0x400
        GET camera/0/fastreadout ! 0x400
        PUT camera/0/pulseguide Direction=0 Duration=100 ! 0x400""",
    "neither gain nor offset": """
        GET camera/0/gain ! 0x400
        PUT camera/0/gain Gain=0 ! 0x400
        GET camera/0/gainmin ! 0x400
        GET camera/0/gainmax ! 0x400
        GET camera/0/gains ! 0x400
        GET camera/0/offset ! 0x400
        PUT camera/0/offset Offset=0 ! 0x400
        GET camera/0/offsetmin ! 0x400
        GET camera/0/offsetmax ! 0x400
        GET camera/0/offsets ! 0x400""",
    "a second exposure begins in the middle of the first": """
        PUT camera/0/startexposure Duration=10 Light=True
        wait 8
        PUT camera/0/startexposure Duration=10 Light=True
        GET camera/0/percentcompleted = 0
        wait 8
        GET camera/0/imageready = false
        wait 3
        GET camera/0/imageready = true
        GET camera/0/lastexposureduration = 10""",
    "a negative duration is refused for a light frame only": """
        PUT camera/0/startexposure Duration=-1 Light=True ! 0x401
        PUT camera/0/startexposure Duration=4000 Light=False ! 0x401
        PUT camera/0/startexposure Duration=-1 Light=False
        wait 1
        GET camera/0/imageready = true""",
    "the camera's fan has actions, in any case": """
        GET camera/0/supportedactions = ["SetFanSpeed", "GetFanSpeed"]
        PUT camera/0/action Action=GetFanSpeed = "0"
        PUT camera/0/action Action=setfanspeed Parameters=3 = ""
        PUT camera/0/action Action=GETFANSPEED Parameters= = "3"
        PUT camera/0/action Action=SetFanSpeed Parameters=4 ! 0x401
        PUT camera/0/action Action=SetFanSpeed Parameters=fast ! 0x401
        PUT camera/0/action Action=Sing ! 0x40C""",
    "a disconnected camera does not tell its name": """
        leave camera/0
        GET camera/0/name ! 0x407
        GET camera/0/description ! 0x407
        GET camera/0/driverinfo = "Camera Simulator Drivers"
        leave rotator/0
        GET rotator/0/name = "Alpaca Rotator Simulator" """,
    "the telescope's own words for an unknown action": """
        PUT telescope/0/action Action=Sing ! 0x40B
        PUT focuser/0/action Action=Sing ! 0x40C""",
    "optics and site of the telescope": """
        GET telescope/0/interfaceversion = 4
        GET telescope/0/alignmentmode = 2
        GET telescope/0/equatorialsystem = 1
        GET telescope/0/sitelatitude = 51.07861
        GET telescope/0/sitelongitude = -0.29444
        GET telescope/0/aperturediameter = 0.2
        GET telescope/0/aperturearea = 0.0269
        GET telescope/0/focallength = 1.26
        GET telescope/0/doesrefraction = true
        GET telescope/0/atpark = false
        GET telescope/0/tracking = false
        GET telescope/0/trackingrates = [0, 3, 1, 2]
        GET telescope/0/canmoveaxis Axis=1 = true
        GET telescope/0/canmoveaxis Axis=2 = false
        PUT telescope/0/moveaxis Axis=0 Rate=8 ! 0x401
        PUT telescope/0/moveaxis Axis=0 Rate=10
        GET telescope/0/slewing = true""",
    "telescope and wheel answer without a connection": """
        leave telescope/0
        GET telescope/0/slewing = false
        PUT telescope/0/tracking Tracking=True
        GET telescope/0/tracking = true
        leave filterwheel/0
        PUT filterwheel/0/position Position=1
        GET filterwheel/0/position = -1""",
    "Unpark switches Tracking on, and is harmless twice": """
        PUT telescope/0/park
        wait 60
        GET telescope/0/atpark = true
        GET telescope/0/tracking = false
        PUT telescope/0/unpark
        GET telescope/0/tracking = true
        PUT telescope/0/tracking Tracking=False
        PUT telescope/0/unpark
        GET telescope/0/tracking = false""",
    "pulses end by themselves": """
        PUT telescope/0/pulseguide Direction=0 Duration=500
        GET telescope/0/ispulseguiding = true
        wait 2.5
        GET telescope/0/ispulseguiding = false""",
    "a wheel of six slots, one second each, the short way round": """
        GET filterwheel/0/names = ["Red", "Green", "Blue", "Clear", "Ha", "OIII"]
        PUT filterwheel/0/position Position=5
        PUT filterwheel/0/position Position=1 ! 0x40B
        wait 1.1
        GET filterwheel/0/position = 5""",
    "a focuser that stops at its ends": """
        GET focuser/0/maxincrement = 50000
        GET focuser/0/stepsize = 20
        GET focuser/0/tempcompavailable = true
        PUT focuser/0/move Position=24800
        wait 0.9
        GET focuser/0/ismoving = true
        wait 0.2
        GET focuser/0/ismoving = false
        PUT focuser/0/move Position=-5
        wait 63
        GET focuser/0/position = 0""",
    "the target of the rotator is the mechanical one": """
        PUT rotator/0/movemechanical Position=90
        wait 20
        PUT rotator/0/sync Position=100
        PUT rotator/0/moveabsolute Position=45
        GET rotator/0/targetposition = 35
        wait 20
        GET rotator/0/position = 45
        GET rotator/0/mechanicalposition = 35""",
    "Reverse is kept and changes nothing": """
        PUT rotator/0/reverse Reverse=True
        GET rotator/0/reverse = true
        PUT rotator/0/movemechanical Position=90
        wait 20
        PUT rotator/0/sync Position=90
        GET rotator/0/position = 90
        PUT rotator/0/move Position=45
        GET rotator/0/targetposition = 135
        wait 20
        GET rotator/0/mechanicalposition = 135""",
    "the rotator goes round its stop at 180 degrees": """
        GET rotator/0/stepsize = 0.75
        PUT rotator/0/movemechanical Position=135
        wait 20
        PUT rotator/0/movemechanical Position=200
        wait 12
        GET rotator/0/mechanicalposition = 45
        wait 30
        GET rotator/0/mechanicalposition = 200
        PUT rotator/0/movemechanical Position=160
        wait 5.2
        GET rotator/0/mechanicalposition = 239""",
    "a panel of 100 that takes its time": """
        GET covercalibrator/0/maxbrightness = 100
        GET covercalibrator/0/coverstate = 1
        GET covercalibrator/0/calibratorstate = 1
        PUT covercalibrator/0/calibratoron Brightness=7
        GET covercalibrator/0/calibratorchanging = true
        wait 2.1
        GET covercalibrator/0/brightness = 7
        GET covercalibrator/0/calibratorstate = 3
        PUT covercalibrator/0/opencover
        wait 1.5
        PUT covercalibrator/0/haltcover
        GET covercalibrator/0/coverstate = 4
        leave covercalibrator/0
        GET covercalibrator/0/calibratorstate = 4
        GET covercalibrator/0/brightness ! 0x407""",
    "constant weather": """
        GET observingconditions/0/cloudcover = 2.5
        GET observingconditions/0/skyquality = 19
        GET observingconditions/0/sensordescription SensorName=Rain ! 0x401
        wait 1000
        GET observingconditions/0/cloudcover = 2.5""",
    "a safety monitor that can be made unsafe": """
        GET safetymonitor/0/issafe = true
        PUT /simulator/v1/safetymonitor/0/issafesetting IsSafeSetting=False
        GET safetymonitor/0/issafe = false
        leave safetymonitor/0
        GET safetymonitor/0/issafe ! 0x407""",
    "ten switches": """
        GET switch/0/interfaceversion = 3
        GET switch/0/maxswitch = 10
        GET switch/0/getswitchname Id=2 = "Light Box"
        GET switch/0/switchstep Id=2 = 10
        GET switch/0/minswitchvalue Id=7 = -20
        GET switch/0/maxswitchvalue Id=7 = 30
        PUT switch/0/setswitch Id=4 State=True ! 0x400
        PUT switch/0/setasync Id=0 State=True
        wait 2.9
        GET switch/0/statechangecomplete Id=0 = false
        wait 0.2
        GET switch/0/getswitch Id=0 = true
        PUT switch/0/setasync Id=1 State=True ! 0x400""",
    "a dome that moves in both axes at once, out of park, and cannot slave": """
        GET dome/0/canslave = false
        PUT dome/0/slaved Slaved=True ! 0x400
        PUT dome/0/park
        GET dome/0/atpark = true
        PUT dome/0/slewtoazimuth Azimuth=27
        PUT dome/0/slewtoaltitude Altitude=60
        wait 10.3
        GET dome/0/azimuth = 27
        GET dome/0/altitude = 60
        GET dome/0/shutterstatus = 1
        PUT dome/0/openshutter
        wait 3.1
        GET dome/0/shutterstatus = 0
        PUT dome/0/findhome
        wait 5
        GET dome/0/athome = true
        GET dome/0/azimuth = 0""",
}


@pytest.fixture
def observatory(sky: FrameSource, clock: SimulatedClock) -> Observatory:
    made = Observatory(sky, clock, config=preset_server(ServerConfig(), Preset.OMNISIM).observatory())
    for device in made.devices:
        device.set_connected(True)
    return made


@pytest.fixture
def server(observatory: Observatory) -> Iterator[AlpacaServer]:
    with AlpacaServer(observatory, presentation=Presentation(simulator_routes=True)) as running:
        yield running


def ask(http: httpx.Client, request: str) -> httpx.Response:
    """Send one request of a sentence."""
    verb, path, *given = request.split()
    fields = dict(field.split("=", 1) for field in given)
    where = {"params": fields} if verb == "GET" else {"data": fields}
    return http.request(verb, path if path.startswith("/") else f"/api/v1/{path}", **where)


def follow(line: str, http: httpx.Client, clock: SimulatedClock) -> None:
    """Do what a line says, and check what it expects."""
    word, _, rest = line.partition(" ")
    if word == "wait":
        clock.sleep(float(rest))
        return
    request, _, wanted = line.partition(" = ") if " = " in line else line.partition(" ! ")
    if word == "leave":
        request = f"PUT {rest}/connected Connected=False"
    content = ask(http, request).raise_for_status().json()
    refused = " ! " in line
    assert content["ErrorNumber"] == (int(wanted, 16) if refused else 0), (line, content)
    if wanted and not refused:
        assert content["Value"] == pytest.approx(json.loads(wanted)), (line, content)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_it_answers_as_described(sentence: str, http: httpx.Client, clock: SimulatedClock) -> None:
    """Every line of a sentence gives what it says."""
    for line in SENTENCES[sentence].strip().splitlines():
        follow(line.strip(), http, clock)


def test_the_mount_goes_past_the_meridian(observatory: Observatory, http: httpx.Client, clock: SimulatedClock) -> None:
    """Within 20 degrees of the meridian a slew keeps the side of the pier; beyond, it flips."""
    telescope = observatory.telescope
    telescope.set_tracking(True)
    for hours, side in ((-1.2, PierSide.EAST), (-2, PierSide.WEST), (1.2, PierSide.WEST), (2, PierSide.EAST)):
        goal = (telescope.sidereal_time() - hours) % 24
        assert telescope.destination_side_of_pier(goal, 40.0) is side
        telescope.slew_to_coordinates_async(goal, 40.0)
        clock.sleep(60)
        observatory.advance()
        assert telescope.side_of_pier() is side


def test_a_synchronous_slew_does_not_wait_for_a_clock_that_stands(http: httpx.Client, observatory: Observatory) -> None:
    """Where the simulated time stands still, the answer says so, soon, and the slew goes on when time does."""
    observatory.telescope.set_tracking(True)
    ra_hours = math.floor(observatory.telescope.sidereal_time())
    content = ask(http, f"PUT telescope/0/slewtocoordinates RightAscension={ra_hours} Declination=20").json()
    assert content["ErrorNumber"] == 0x40B
    assert "time stands still" in content["ErrorMessage"]
    assert observatory.telescope.slewing()
