//! TLS as lib/pq sets it up: what of the server's certificate is checked depends on `sslmode`, and
//! files that are not named are looked for in the user's `.postgresql`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme, SupportedProtocolVersion,
};

use crate::address::{Mode, Tls, Version};
use crate::files;

/// What is used for a connection, and the name that the server is told and checked by.
pub(crate) fn configure(
    tls: &Tls,
    mode: Mode,
    host: &str,
) -> Result<(Arc<ClientConfig>, ServerName<'static>), String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let root = root(tls);
    // A file of authorities is heeded even where nothing has to be checked, as by libpq.
    let chain = matches!(mode, Mode::VerifyCa | Mode::VerifyFull) || root.is_some();
    let verifier = Verifier {
        trusted: if chain { Some(Trusted::of(tls, root.as_deref())?) } else { None },
        name: mode == Mode::VerifyFull,
        provider: Arc::clone(&provider),
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&versions(tls)?)
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match own_certificate(tls)? {
        Some((chain, key)) => {
            builder.with_client_auth_cert(chain, key).map_err(|error| error.to_string())?
        }
        None => builder.with_no_client_auth(),
    };
    if tls.direct {
        config.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    config.enable_sni = tls.tells_name;
    let name = match ServerName::try_from(host.to_owned()) {
        Ok(name) => name,
        Err(_) if mode == Mode::VerifyFull => {
            let host = pintle_strconv::quote(host);
            return Err(format!("{host} is no name that a certificate could be for"));
        }
        // It is not looked at.
        Err(_) => {
            config.enable_sni = false;
            ServerName::IpAddress(std::net::Ipv4Addr::LOCALHOST.into())
        }
    };
    Ok((Arc::new(config), name))
}

fn versions(tls: &Tls) -> Result<Vec<&'static SupportedProtocolVersion>, String> {
    let all =
        [(Version::Tls12, &rustls::version::TLS12), (Version::Tls13, &rustls::version::TLS13)];
    let wanted = |version: &Version| *version >= tls.oldest && *version <= tls.newest;
    let found: Vec<_> =
        all.iter().filter(|(version, _)| wanted(version)).map(|(_, known)| *known).collect();
    match found.is_empty() {
        true => Err("pq: no version of TLS from 1.2 on is allowed".to_owned()),
        false => Ok(found),
    }
}

/// The file of authorities, or the PEM text itself. One that is named and missing counts only where
/// it has to be there.
fn root(tls: &Tls) -> Option<String> {
    if tls.inline {
        return Some(tls.root.clone()).filter(|root| !root.is_empty());
    }
    if !tls.root.is_empty() {
        let needed = matches!(tls.mode, Mode::VerifyCa | Mode::VerifyFull);
        return (needed || Path::new(&tls.root).exists()).then(|| tls.root.clone());
    }
    let usual = tls.folder.as_ref()?.join("root.crt");
    usual.exists().then(|| usual.to_string_lossy().into_owned())
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    files::read(path).map_err(|error| format!("open {}: {error}", path.display()))
}

fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem).filter_map(Result::ok).collect()
}

/// The certificate that the user shows, with its key.
#[allow(clippy::type_complexity)]
fn own_certificate(
    tls: &Tls,
) -> Result<Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>, String> {
    let (chain, key) = if tls.inline {
        if tls.certificate.is_empty() {
            return Ok(None);
        }
        (tls.certificate.clone().into_bytes(), tls.key.clone().into_bytes())
    } else {
        let file = |named: &str, usual: &str| match named {
            "" => tls.folder.as_ref().map(|folder| folder.join(usual)),
            named => Some(PathBuf::from(named)),
        };
        let Some(chain) = file(&tls.certificate, "postgresql.crt").filter(|path| path.exists())
        else {
            return Ok(None);
        };
        let key = file(&tls.key, "postgresql.key").unwrap_or_default();
        if files::is_open_to_others(&key, 0o640) {
            return Err("pq: private key has world access; permissions should be u=rw,g=r (0640) \
                        if owned by root, or u=rw (0600), or less"
                .to_owned());
        }
        (read(&chain)?, read(&key)?)
    };
    let chain = certificates(&chain);
    if chain.is_empty() {
        return Err("tls: failed to find any PEM data in certificate input".to_owned());
    }
    let key = PrivateKeyDer::from_pem_slice(&key)
        .map_err(|_| "tls: failed to find any PEM data in key input".to_owned())?;
    Ok(Some((chain, key)))
}

/// Whose certificates are taken.
#[derive(Debug)]
struct Trusted {
    authorities: RootCertStore,
    /// The same as they are: a server's own certificate may be named as its authority.
    exact: Vec<CertificateDer<'static>>,
}

impl Trusted {
    /// Those of a file or a text; those of the system where there is none.
    fn of(tls: &Tls, root: Option<&str>) -> Result<Trusted, String> {
        let exact = match root {
            None | Some("system") => rustls_native_certs::load_native_certs().certs,
            Some(text) if tls.inline => certificates(text.as_bytes()),
            Some(path) => certificates(&read(Path::new(path))?),
        };
        let mut authorities = RootCertStore::empty();
        let (added, _) = authorities.add_parsable_certificates(exact.iter().cloned());
        if added == 0 && exact.is_empty() {
            return Err("pq: couldn't parse pem from sslrootcert".to_owned());
        }
        let system = matches!(root, None | Some("system"));
        Ok(Trusted { authorities, exact: if system { Vec::new() } else { exact } })
    }
}

/// Checks of a server's certificate what the mode asks for. That the server has its key is always
/// checked.
#[derive(Debug)]
struct Verifier {
    /// `None` where any certificate is taken.
    trusted: Option<Trusted>,
    /// Whether it must be for the name.
    name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(trusted) = &self.trusted else { return Ok(ServerCertVerified::assertion()) };
        let parsed = ParsedCertificate::try_from(certificate)?;
        if !trusted.exact.iter().any(|one| one.as_ref() == certificate.as_ref()) {
            verify_server_cert_signed_by_trust_anchor(
                &parsed,
                &trusted.authorities,
                intermediates,
                now,
                self.provider.signature_verification_algorithms.all,
            )?;
        }
        if self.name {
            verify_server_name(&parsed, name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
