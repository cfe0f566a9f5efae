//! TLS as lib/pq sets it up: what of the server's certificate is checked depends on `sslmode`, and
//! files that are not named are looked for in the user's `.postgresql`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    CryptoProvider, verify_tls12_signature, verify_tls13_signature,
    verify_tls13_signature_with_raw_key,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime,
};
use rustls::server::ParsedCertificate;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
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
            let key = rustls::crypto::ring::sign::any_supported_type(&key);
            let own = CertifiedKey::new(chain, key.map_err(|error| error.to_string())?);
            // That it cannot be told says nothing: a certificate of X.509's first version will do.
            if let Err(error @ rustls::Error::InconsistentKeys(_)) = own.keys_match() {
                return Err(error.to_string());
            }
            builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(own)))
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

/// The public key, with its algorithm, of a certificate of X.509's first version, which has nothing
/// but fields in a fixed order: RFC 5280, section 4.1.
fn first_version_key(certificate: &[u8]) -> Option<&[u8]> {
    const SEQUENCE: u8 = 0x30;
    const INTEGER: u8 = 0x02;
    let (_, whole, _) = der(certificate, SEQUENCE)?;
    let (_, mut fields, _) = der(whole, SEQUENCE)?;
    // Serial number, algorithm of the signature, issuer, validity, subject.
    for tag in [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE] {
        fields = der(fields, tag)?.2;
    }
    Some(der(fields, SEQUENCE)?.0)
}

/// An element of DER: as it is, what is in it, and what follows.
fn der(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8], &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    if *first != tag {
        return None;
    }
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        // A length of one, two or three bytes.
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            (digits.iter().fold(0, |all, digit| all << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, after) = rest.split_at_checked(length)?;
    Some((bytes.get(..bytes.len() - after.len())?, content, after))
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
        let checked = verify_tls13_signature(message, certificate, signed, algorithms);
        // PostgreSQL's manual makes certificates of X.509's first version, which the library does
        // not read. Where any certificate is taken its key is all that is needed.
        match (&checked, &self.trusted, first_version_key(certificate)) {
            (Err(_), None, Some(key)) => {
                let key = SubjectPublicKeyInfoDer::from(key);
                verify_tls13_signature_with_raw_key(message, &key, signed, algorithms)
            }
            _ => checked,
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_the_first_version_are_found() {
        let element = |tag: u8, content: &[u8]| match u8::try_from(content.len()) {
            Ok(length) if length < 0x80 => [&[tag, length], content].concat(),
            Ok(length) => [&[tag, 0x81, length], content].concat(),
            Err(_) => panic!("a short element"),
        };
        let key = element(0x30, &[7; 130]);
        let fields = |first: &[u8]| {
            let four = element(0x30, b"").repeat(4);
            let fields = [first, &element(2, b"\x01"), &four, &key].concat();
            element(0x30, &[element(0x30, &fields), element(0x30, b"")].concat())
        };
        assert_eq!(first_version_key(&fields(b"")), Some(key.as_slice()));
        // What has a version is of a later one.
        assert_eq!(first_version_key(&fields(&element(0xa0, b"\x02\x01\x02"))), None);
        let whole = fields(b"");
        assert!((0..whole.len()).all(|length| first_version_key(&whole[..length]).is_none()));
    }

    proptest::proptest! {
        #[test]
        fn no_certificate_panics(bytes in proptest::collection::vec(0x28u8..0x38, 0..40)) {
            let _ = first_version_key(&bytes);
        }
    }
}
