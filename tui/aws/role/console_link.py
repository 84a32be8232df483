"""Links to the AWS console, in two kinds.

The portal link leads through the access portal (AWS: "create shortcut links"): it holds no secret and works for
whoever is signed in to the portal in their browser. The federation link signs the browser in with role credentials
(AWS: "enable custom identity broker access"): whoever has it within 15 minutes has the role, so it is a Secret.
"""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode, urlsplit

from ...exit_codes import FAILED, REFUSED
from ..errors import SsoError, command_line, from_exception
from ..model import Secret, is_token
from ..requests import clients, endpoints, transport
from .credentials import check_profile

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading

    from ..model import Profile, RoleCredentials, Session
    from ..state.snapshot import Snapshot

ISSUER = "ssotui"
"""What the console calls the place that the user came from."""


class Partition:
    """One of AWS's separate worlds: the domain of its consoles, and where its federation endpoint is.

    `federation` holds `{region}` where the endpoint has been seen with a region in its name only; it is "" where no
    endpoint is known.
    """

    __slots__ = ("console", "federation", "prefixes")

    def __init__(self, prefixes: tuple[str, ...], console: str, federation: str) -> None:
        self.prefixes = prefixes
        self.console = console
        self.federation = federation


_AWS = Partition((), "console.aws.amazon.com", "https://signin.aws.amazon.com/federation")

# A region belongs to the first one that has a prefix of it, else to the commercial partition.
_OTHERS = (
    Partition(("cn-",), "console.amazonaws.cn", "https://signin.amazonaws.cn/federation"),
    Partition(("us-gov-",), "console.amazonaws-us-gov.com", "https://signin.amazonaws-us-gov.com/federation"),
    Partition(("eusc-",), "console.amazonaws-eusc.eu", "https://{region}.signin.amazonaws-eusc.eu/federation"),
    Partition(("us-iso-", "us-isob-", "us-isof-", "eu-isoe-"), "", ""),
)


def shortcut_link(profile: Profile, session: Session, service: str | None = None, region: str = "") -> str:
    """The access portal's link for the profile's account and role; without a role the portal asks for it.

    `region` goes before that of the profile.

    `service`: the first part of a console's path ("s3", "ec2", "cloudformation"); None leads to the permission set's
    start page. Raises SsoError when the profile has no account of its own or no usable start URL, and for a
    service or region that cannot be.
    """
    if not profile.account_id or profile.via or profile.login_session:
        raise SsoError(
            f"The access portal knows no account for profile {profile.name}",
            "use a link made from its role credentials",
        )
    query = {"account_id": profile.account_id}
    if profile.role_name:
        query["role_name"] = profile.role_name
    if service is not None:
        query["destination"] = console_url(region or profile.region or session.region, service)
    return f"{_portal(session.start_url)}#/console?{urlencode(query, quote_via=quote, safe='')}"


def profile_link(snapshot: Snapshot, profile: Profile, service: str | None = None, region: str = "") -> str:
    """The portal link for a profile, to `region` or its own if it has one: no credentials, no request, no secret in it.

    Raises SsoError for a profile that is broken, that is not of IAM Identity Center, or that is chained from another
    one (the portal does not know its role).
    """
    check_profile(profile)
    session = snapshot.session_of(profile)
    if profile.via or profile.login_session or session is None:
        why = "it signs in with aws login" if profile.login_session else f"its role is assumed by way of {profile.via}"
        command = command_line("console", "--federate", name=profile.name)
        raise SsoError(
            f"The access portal has no link for profile {profile.name}: {why}",
            f"to sign the browser in with its credentials, run: {command}",
        )
    region = region or profile.region
    if service is None and region and _partition(region).console:
        service = "console"  # without a destination the portal chooses the region too
    return shortcut_link(profile, session, service, region)


def is_reachable(region: str, profile: Profile, session: Session | None) -> bool:
    """Whether `region` is in the partition of the profile: no link leads from one to another."""
    home = profile.region or (session.region if session is not None else "")
    return not home or _partition(region) is _partition(home)


def console_url(region: str, service: str | None = None) -> str:
    """The address of a service's console in `region`, or of the console's home.

    Raises SsoError for a region or service that cannot be one: they become part of a host name and a path.
    """
    partition = _partition(region)
    if service is not None and not _is_name(service.replace("/", "-")):
        raise SsoError(f"There is no console for a service {service}", "services are named as in the console: s3, ec2")
    return f"https://{region}.{partition.console}/{service or 'console'}/home?region={region}"


def federation_url(
    credentials: RoleCredentials,
    region: str,
    service: str | None = None,
    endpoint_override: str | None = None,
    cancelled: threading.Event | None = None,
    ca_bundle: str | None = None,
) -> Secret:
    """A link that signs a browser in with `credentials`, valid for 15 minutes. Makes one request (20 s at most).

    `endpoint_override`: another federation endpoint, https or on this machine. `ca_bundle`: the profile's file of
    certificates.
    Raises SsoError (exit code 4 when AWS refuses the credentials), and Cancelled once `cancelled` is set.
    """
    if not credentials.session_token:
        raise SsoError("A console link needs temporary credentials", "these have no session token")
    destination = console_url(region, service)
    endpoint = endpoint_override or _partition(region).federation.format(region=region)
    if not endpoints.is_safe(endpoint):
        shown = endpoints.without_password(endpoint)
        raise SsoError(f"The federation endpoint {shown} is not used: it is not https", "use an https address")
    form = {
        "Action": "getSigninToken",
        "Session": json.dumps(
            {
                "sessionId": credentials.access_key_id,
                "sessionKey": credentials.secret_access_key.reveal(),
                "sessionToken": credentials.session_token.reveal(),
            }
        ),
    }
    token = _signin_token(endpoint, form, cancelled, ca_bundle)
    login = {"Action": "login", "Issuer": ISSUER, "Destination": destination, "SigninToken": token}
    return Secret(f"{endpoint}?{urlencode(login, quote_via=quote, safe='')}")


def _signin_token(endpoint: str, form: dict[str, str], cancelled: threading.Event | None, ca_bundle: str | None) -> str:
    # The form goes into the body, not the address: errors and logs of the HTTP library quote addresses.
    from botocore.awsrequest import AWSRequest

    timeout = (clients.CONNECT_TIMEOUT, clients.READ_TIMEOUT)
    http = transport.session(endpoint, transport.authority(ca_bundle), timeout)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    request = AWSRequest("POST", endpoint, headers, urlencode(form)).prepare()
    failure: SsoError | None = None
    status, content = 0, b""
    try:
        answer = clients.call(lambda: http.send(request), cancelled)
        status, content = answer.status_code, answer.content
    except SsoError:
        raise
    except Exception as error:
        failure = from_exception(error, "get a console link")
    finally:
        http.close()
    if failure is not None:
        # Outside of the handler: the exception's frames hold the request.
        raise failure
    if status in (400, 401, 403):
        raise SsoError(
            "AWS refused to make a console link from these role credentials",
            "get fresh ones; a long session duration can be the reason too",
            REFUSED,
            str(status),
        )
    try:
        token = json.loads(content)["SigninToken"] if status == 200 else None
    except (ValueError, TypeError, KeyError, RecursionError):
        token = None
    if not is_token(token):
        raise SsoError(
            f"The federation endpoint gave no sign-in token (HTTP {status})", "try again", FAILED, str(status)
        )
    return str(token)


def _partition(region: str) -> Partition:
    if not region:
        raise SsoError("A console link needs a region, and the profile has none", "set region in the profile")
    if not _is_name(region):
        raise SsoError(f"{region} is not the name of a region", "correct region in the configuration")
    partition = next((each for each in _OTHERS if region.startswith(each.prefixes)), _AWS)
    if not partition.console:
        raise SsoError(f"Console links are not supported in {region}", "open the console by your organisation's way")
    return partition


def _portal(start_url: str) -> str:
    """What stands before `#/console`: the start URL without what follows it in a browser's address line.

    The portals of GovCloud (`.../directory/ID`) are addressed without a slash before the `#`, the others with one.
    """
    base = start_url.partition("#")[0].rstrip("/")
    if not endpoints.is_safe(base):
        raise SsoError(f"The start URL {start_url} is not an https address", "correct sso_start_url")
    return base if "/directory/" in urlsplit(base).path else f"{base}/"


def _is_name(text: str) -> bool:
    """Whether `text` can be a label of a host name as AWS makes them: a-z, 0-9 and inner dashes."""
    return (
        text.isascii()
        and text.replace("-", "").isalnum()
        and text == text.lower()
        and not text.startswith("-")
        and not text.endswith("-")
    )
