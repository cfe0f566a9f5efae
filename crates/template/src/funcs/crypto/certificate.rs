//! sprig's certificates: `genCA` and those that follow it.

use std::any::Any;
use std::net::IpAddr;

use super::key::{Key, generate_rsa};
use super::pem;
use super::rng::Stream;
use super::x509::{self, Issuer, Request};
use crate::funcs::encoding::strict_base64;
use crate::{Call, Failure, Function, Object, Outcome, Param, Text, Value};

const TYPE: &str = "sprig.certificate";
const CA: Param = Param::Named(TYPE);
const NAMES: Param = Param::List;

/// The functions of this file.
pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("genCA", &[Param::String, Param::Int], |call| generate(call, CA_FORM)),
    Function::new("genCAWithKey", &[Param::String, Param::Int, Param::String], |call| {
        generate(call, Form { key: Some(2), ..CA_FORM })
    }),
    Function::new("genSelfSignedCert", &[Param::String, NAMES, NAMES, Param::Int], |call| {
        generate(call, SELF_FORM)
    }),
    Function::new(
        "genSelfSignedCertWithKey",
        &[Param::String, NAMES, NAMES, Param::Int, Param::String],
        |call| generate(call, Form { key: Some(4), ..SELF_FORM }),
    ),
    Function::new("genSignedCert", &[Param::String, NAMES, NAMES, Param::Int, CA], |call| {
        generate(call, SIGNED_FORM)
    }),
    Function::new(
        "genSignedCertWithKey",
        &[Param::String, NAMES, NAMES, Param::Int, CA, Param::String],
        |call| generate(call, Form { key: Some(5), ..SIGNED_FORM }),
    ),
    Function::new("buildCustomCert", &[Param::String, Param::String], build_custom),
];

/// Where the arguments stand.
#[derive(Clone, Copy)]
struct Form {
    /// Behind the common name come addresses and names.
    names: bool,
    days: usize,
    ca: Option<usize>,
    key: Option<usize>,
}

const CA_FORM: Form = Form { names: false, days: 1, ca: None, key: None };
const SELF_FORM: Form = Form { names: true, days: 3, ca: None, key: None };
const SIGNED_FORM: Form = Form { ca: Some(4), ..SELF_FORM };

/// A certificate and its private key, both as PEM.
#[derive(Debug)]
struct Certificate {
    cert: Text,
    key: Text,
}

impl Object for Certificate {
    fn type_name(&self) -> &str {
        TYPE
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Cert" => Some(Value::String(self.cert.clone())),
            "Key" => Some(Value::String(self.key.clone())),
            _ => None,
        }
    }

    fn fields(&self) -> Vec<(&str, Value)> {
        vec![("Cert", Value::String(self.cert.clone())), ("Key", Value::String(self.key.clone()))]
    }

    fn data(&self) -> Option<pintle_yaml::Value> {
        let text = |text: &Text| pintle_yaml::Value::from(text.to_str().into_owned());
        Some(pintle_yaml::Value::from_iter([("Cert", text(&self.cert)), ("Key", text(&self.key))]))
    }

    fn equals(&self, other: &Value) -> bool {
        other
            .as_object::<Certificate>()
            .is_some_and(|other| self.cert == other.cert && self.key == other.key)
    }
}

fn failure(message: impl Into<String>) -> Failure {
    Failure::new(message)
}

fn generate(call: &mut Call<'_>, form: Form) -> Outcome {
    let mut stream = Stream::new(call)?;
    let key = match form.key {
        Some(index) => Key::from_pem(&call.str(index))
            .map_err(|error| failure(format!("parsing private key: {error}")))?,
        None => generate_rsa(&mut stream, 2048)
            .map_err(|error| failure(format!("error generating rsa key: {error}")))?,
    };
    let issuer = form.ca.map(|index| issuer(call.arg(index))).transpose()?;
    let request = request(call, form, &mut stream)?;
    let issuer = issuer.as_ref().map(|(issuer, key)| (issuer, key));
    let made = x509::create(&request, &key, issuer)
        .map_err(|error| failure(format!("error creating certificate: {error}")))?;
    let cert = pem::encode("CERTIFICATE", &made).into();
    Ok(Value::object(Certificate { cert, key: key.to_pem().into() }))
}

fn request(call: &mut Call<'_>, form: Form, stream: &mut Stream) -> Result<Request, Failure> {
    let (addresses, dns_names) = if form.names {
        (addresses(call.arg(1))?, names(call.arg(2))?)
    } else {
        (Vec::new(), Vec::new())
    };
    let mut serial = [0; 16];
    stream.fill(&mut serial);
    let (seconds, nanoseconds) = call.host().now();
    // Go counts the days in nanoseconds, which wrap around beyond 292 years.
    let valid = call.int(form.days).wrapping_mul(86_400_000_000_000);
    let end = i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds) + i128::from(valid);
    Ok(Request {
        serial,
        common_name: call.text(0).as_bytes().to_vec(),
        dns_names,
        addresses,
        not_before: seconds,
        not_after: i64::try_from(end.div_euclid(1_000_000_000)).unwrap_or(i64::MAX / 2),
        is_ca: !form.names,
    })
}

/// The certificate and key that sign.
fn issuer(value: &Value) -> Result<(Issuer, Key), Failure> {
    let Some(ca) = value.as_object::<Certificate>() else {
        return Err(failure("unable to decode certificate"));
    };
    let Some(block) = pem::decode(&ca.cert.to_str()) else {
        return Err(failure("unable to decode certificate"));
    };
    let issuer = x509::parse(&block.bytes).ok_or_else(|| {
        failure("error parsing certificate: decodedSignerCert.Bytes: x509: malformed certificate")
    })?;
    let key = Key::from_pem(&ca.key.to_str())
        .map_err(|error| failure(format!("error parsing private key: {error}")))?;
    Ok((issuer, key))
}

fn items(value: &Value) -> &[Value] {
    value.as_list().map(crate::List::items).unwrap_or_default()
}

fn addresses(value: &Value) -> Result<Vec<Vec<u8>>, Failure> {
    let read = |item: &Value| {
        let Some(text) = item.as_text() else {
            let item = super::print(item);
            return Err(failure(format!("error parsing ip: {item} is not a string")));
        };
        match text.to_str().parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => Ok(address.octets().to_vec()),
            // Go writes a mapped address as the one of version 4 that it is.
            Ok(IpAddr::V6(address)) => Ok(match address.to_ipv4_mapped() {
                Some(address) => address.octets().to_vec(),
                None => address.octets().to_vec(),
            }),
            Err(_) => Err(failure(format!("error parsing ip: {}", text.to_str()))),
        }
    };
    items(value).iter().map(read).collect()
}

fn names(value: &Value) -> Result<Vec<Vec<u8>>, Failure> {
    let read = |item: &Value| match item.as_text() {
        Some(text) => Ok(text.as_bytes().to_vec()),
        None => {
            let item = super::print(item);
            let message = format!("error processing alternate dns name: {item} is not a string");
            Err(failure(message))
        }
    };
    items(value).iter().map(read).collect()
}

fn build_custom(call: &mut Call<'_>) -> Outcome {
    let decode = |index: usize, what: &str| {
        strict_base64(call.text(index).as_bytes())
            .map_err(|_| failure(format!("unable to decode base64 {what}")))
    };
    let (cert, key) = (decode(0, "certificate")?, decode(1, "private key")?);
    let Some(block) = pem::decode(&String::from_utf8_lossy(&cert)) else {
        return Err(failure("unable to decode certificate"));
    };
    if x509::parse(&block.bytes).is_none() {
        let message = "error parsing certificate: decodedCert.Bytes: x509: malformed certificate";
        return Err(failure(message));
    }
    Key::from_pem(&String::from_utf8_lossy(&key))
        .map_err(|error| failure(format!("error parsing private key: {error}")))?;
    Ok(Value::object(Certificate { cert: cert.into(), key: key.into() }))
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Instant;

    use super::*;
    use crate::funcs::testing::{call, text};

    fn generate(name: &str, args: &[Value]) -> Value {
        call(name, args).unwrap_or_else(|failure| panic!("{name}: {failure}"))
    }

    fn part(value: &Value, name: &str) -> String {
        let Value::Object(object) = value else { panic!("no certificate") };
        object.field(name).unwrap().as_text().unwrap().to_str().into_owned()
    }

    fn names(names: &[&str]) -> Value {
        Value::list(names.iter().map(|name| Value::from(*name)).collect())
    }

    /// What OpenSSL says, or nothing where there is none.
    fn openssl(args: &[&str]) -> Option<String> {
        let output = Command::new("openssl").args(args).output().ok()?;
        Some(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }

    #[test]
    fn a_chain_verifies() {
        let start = Instant::now();
        let ca = generate("genCA", &["my-ca".into(), Value::int(3650)]);
        let ips = names(&["10.0.0.1", "::1"]);
        let dns = names(&["web", "web.default.svc"]);
        let args = ["web".into(), ips.clone(), dns.clone(), Value::int(365), ca.clone()];
        let cert = generate("genSignedCert", &args);
        println!("two RSA keys: {:?}", start.elapsed());
        let ec = text("genPrivateKey", &["ecdsa".into()]);
        let args = ["web".into(), ips, dns, Value::int(365), ca.clone(), ec.into()];
        let with_key = generate("genSignedCertWithKey", &args);

        let directory =
            std::env::temp_dir().join(format!("pintle-certificate-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let write = |name: &str, text: String| {
            let path = directory.join(name);
            std::fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let ca_file = write("ca.pem", part(&ca, "Cert"));
        for (name, cert) in [("cert.pem", &cert), ("ec.pem", &with_key)] {
            let file = write(name, part(cert, "Cert"));
            let key = write("key.pem", part(cert, "Key"));
            // The world's clock stands in 2024.
            let args = ["verify", "-attime", "1709209900", "-CAfile", &ca_file, &file];
            let Some(said) = openssl(&args) else { return };
            assert!(said.ends_with(": OK\n"), "{said}");
            let shown = openssl(&["x509", "-in", &file, "-noout", "-text"]).unwrap();
            for expected in [
                "Subject: CN = web",
                "Issuer: CN = my-ca",
                "DNS:web, DNS:web.default.svc, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1",
                "Not Before: Feb 29 12:30:45 2024 GMT",
                "Not After : Feb 28 12:30:45 2025 GMT",
                "CA:FALSE",
            ] {
                let loose = |text: &str| text.replace(" = ", "=");
                assert!(loose(&shown).contains(&loose(expected)), "{expected} in {shown}");
            }
            let of_cert = openssl(&["x509", "-in", &file, "-noout", "-pubkey"]);
            assert_eq!(of_cert, openssl(&["pkey", "-in", &key, "-pubout"]));
        }
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn chains_on_all_curves_verify() {
        let directory = std::env::temp_dir().join(format!("pintle-curves-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let write = |name: &str, text: &str| {
            let path = directory.join(name);
            std::fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        for (curve, hash) in
            [("prime256v1", "SHA256"), ("secp384r1", "SHA384"), ("secp521r1", "SHA512")]
        {
            let args = ["ecparam", "-name", curve, "-genkey", "-noout"];
            let Some(key) = openssl(&args) else { return };
            let key_file = write("key.pem", &key);
            // OpenSSL writes the key around which PKCS#8 says the curve.
            let other = openssl(&["pkcs8", "-topk8", "-nocrypt", "-in", &key_file]).unwrap();
            let ca = generate("genCAWithKey", &["ca".into(), Value::int(9), key.as_str().into()]);
            assert_eq!(part(&ca, "Key"), key, "{curve}");
            let args =
                ["x".into(), names(&[]), names(&[]), Value::int(9), ca.clone(), other.into()];
            let cert = generate("genSignedCertWithKey", &args);
            assert_eq!(part(&cert, "Key"), key, "{curve}");
            let (ca, cert) =
                (write("ca.pem", &part(&ca, "Cert")), write("cert.pem", &part(&cert, "Cert")));
            let said = openssl(&["verify", "-attime", "1709209900", "-CAfile", &ca, &cert]);
            assert!(said.as_ref().unwrap().ends_with(": OK\n"), "{curve}: {said:?}");
            let shown = openssl(&["x509", "-in", &cert, "-noout", "-text"]).unwrap();
            assert!(shown.contains(&format!("ecdsa-with-{hash}")), "{shown}");
        }
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn a_certificate_can_sign_itself_with_any_key() {
        for kind in ["ecdsa", "ed25519"] {
            let key = text("genPrivateKey", &[kind.into()]);
            let args = ["x".into(), Value::Nil, Value::Nil, Value::int(1), key.as_str().into()];
            let cert = generate(
                "genSelfSignedCertWithKey",
                &[args[0].clone(), names(&[]), names(&["x"]), Value::int(1), args[4].clone()],
            );
            assert_eq!(part(&cert, "Key"), key);
            let ca = generate("genCAWithKey", &["ca".into(), Value::int(1), key.as_str().into()]);
            let encode = |name| text("b64enc", &[part(&ca, name).into()]);
            let custom =
                generate("buildCustomCert", &[encode("Cert").into(), encode("Key").into()]);
            assert_eq!(part(&custom, "Cert"), part(&ca, "Cert"));
        }
    }

    #[test]
    fn what_cannot_be_is_an_error() {
        let args = |ips: Value| ["x".into(), ips, names(&[]), Value::int(1)];
        assert_eq!(text("genSelfSignedCert", &args(names(&["x"]))), "error: error parsing ip: x");
        let number = Value::list(vec![Value::int(1)]);
        let expected = "error: error parsing ip: 1 is not a string";
        assert_eq!(text("genSelfSignedCert", &args(number)), expected);
        let custom = |a: &str, b: &str| text("buildCustomCert", &[a.into(), b.into()]);
        assert_eq!(custom("!", ""), "error: unable to decode base64 certificate");
        assert_eq!(custom("", "!"), "error: unable to decode base64 private key");
        assert_eq!(custom("AAAA", ""), "error: unable to decode certificate");
    }
}
