//! Certificates, keys and tokens of a cluster, and the kubeconfig that names them.

use std::path::Path;

use data_encoding::{BASE64, HEXLOWER};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use serde_json::{Value, json};

use crate::tools;

/// What is known of who may ask what.
pub(crate) struct Identity {
    /// The administrator's token.
    pub(crate) token: String,
}

impl Identity {
    /// Makes all that is needed and writes it into the folder.
    pub(crate) fn make(folder: &Path, port: u16) -> Result<Identity, String> {
        let token = random()?;
        let restricted = random()?;
        let tokens = format!(
            "{token},admin,admin,\"system:masters\"\n{restricted},restricted,restricted,\"testers\"\n"
        );
        tools::write(&folder.join("tokens.csv"), tokens)?;
        let (authority, certificate, key) =
            certificates(folder).map_err(|error| format!("certificates: {error}"))?;
        let server = json!({
            "server": format!("https://127.0.0.1:{port}"),
            "certificate-authority-data": BASE64.encode(authority.as_bytes()),
        });
        let user = |name: &str, user: Value| json!({"name": name, "user": user});
        let context = |name: &str, namespace: &str| {
            json!({"name": name, "context": {
                "cluster": "pintle", "user": name, "namespace": namespace,
            }})
        };
        // JSON is YAML.
        let kubeconfig = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "admin",
            "preferences": {},
            "clusters": [{"name": "pintle", "cluster": server}],
            "users": [
                user("admin", json!({"token": token})),
                user("certificate", json!({
                    "client-certificate-data": BASE64.encode(certificate.as_bytes()),
                    "client-key-data": BASE64.encode(key.as_bytes()),
                })),
                user("restricted", json!({"token": restricted})),
            ],
            "contexts": [
                context("admin", "default"),
                context("certificate", "default"),
                context("restricted", "restricted"),
            ],
        });
        let text = serde_json::to_string_pretty(&kubeconfig).map_err(|error| error.to_string())?;
        tools::write(&folder.join("kubeconfig"), text)?;
        Ok(Identity { token })
    }
}

fn random() -> Result<String, String> {
    let mut bytes = [0; 16];
    let provider = rustls::crypto::ring::default_provider();
    provider.secure_random.fill(&mut bytes).map_err(|_| "no randomness")?;
    Ok(HEXLOWER.encode(&bytes))
}

/// An authority, the server's certificate, and an administrator's, which are written into the folder
/// with the server's key and given back with the administrator's.
pub(crate) fn certificates(
    folder: &Path,
) -> Result<(String, String, String), Box<dyn std::error::Error>> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    params.distinguished_name.push(DnType::CommonName, "a test cluster's authority");
    let authority = params.self_signed(&key)?.pem();
    let issuer = Issuer::new(params, key);
    tools::write(&folder.join("ca.crt"), &authority)?;

    let names = ["localhost", "127.0.0.1", "kubernetes.default.svc", "10.96.0.1"];
    let mut params = CertificateParams::new(names.map(str::to_owned))?;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.distinguished_name.push(DnType::CommonName, "kube-apiserver");
    let key = KeyPair::generate()?;
    tools::write(&folder.join("server.crt"), params.signed_by(&key, &issuer)?.pem())?;
    tools::write(&folder.join("server.key"), key.serialize_pem())?;

    let mut params = CertificateParams::new(Vec::new())?;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.distinguished_name.push(DnType::OrganizationName, "system:masters");
    params.distinguished_name.push(DnType::CommonName, "certified");
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, &issuer)?.pem();
    tools::write(&folder.join("client.crt"), &certificate)?;
    tools::write(&folder.join("client.key"), key.serialize_pem())?;

    let accounts = KeyPair::generate()?;
    tools::write(&folder.join("accounts.key"), accounts.serialize_pem())?;
    tools::write(&folder.join("accounts.pub"), accounts.public_key_pem())?;
    Ok((authority, certificate, key.serialize_pem()))
}
