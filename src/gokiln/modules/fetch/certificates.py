"""Whose certificates are trusted: the system's, as Go's crypto/x509 finds them, or anyone's for GOINSECURE.

Source: crypto/x509 (root_unix.go, root_linux.go), go1.26.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl

# Where systems keep the certificates they trust (crypto/x509/root_linux.go), for Pythons that look elsewhere.
_CERT_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def unchecked_context() -> ssl.SSLContext:
    """Any certificate will do: for hosts that GOINSECURE names."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def tls_context(cert_file: str, cert_dir: str) -> ssl.SSLContext:
    """Verification as Go does it: SSL_CERT_FILE and SSL_CERT_DIR (a list) replace the system's places when set."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    files = [cert_file] if cert_file else []
    for dir in cert_dir.split(os.pathsep) if cert_dir else ():
        try:
            files += [os.path.join(dir, name) for name in sorted(os.listdir(dir))]
        except OSError:
            continue
    if not cert_file and not cert_dir:
        context.load_default_certs()
        if not context.cert_store_stats()["x509_ca"]:
            files = [path for path in _CERT_FILES if os.path.exists(path)][:1]
    for path in files:
        try:
            context.load_verify_locations(cafile=path)
        except (OSError, ssl.SSLError):
            continue
    return context
