//! Certificates, as Go's `crypto/x509` writes and reads them.

use pintle_strconv::civil::civil_from_days;
use sha2::{Digest, Sha256};

use super::der::{self, Reader};
use super::key::Key;

/// What a certificate is made from.
pub(super) struct Request {
    pub(super) serial: [u8; 16],
    pub(super) common_name: Vec<u8>,
    pub(super) dns_names: Vec<Vec<u8>>,
    /// 4 or 16 bytes each.
    pub(super) addresses: Vec<Vec<u8>>,
    /// Seconds since 1970.
    pub(super) not_before: i64,
    pub(super) not_after: i64,
    pub(super) is_ca: bool,
}

/// What is needed of the certificate that signs.
pub(super) struct Issuer {
    subject: Vec<u8>,
    key_id: Option<Vec<u8>>,
    public_key_info: Vec<u8>,
}

const COMMON_NAME: &[u8] = &[0x06, 3, 0x55, 4, 3];
const KEY_USAGE: &[u8] = &[0x06, 3, 0x55, 0x1d, 15];
const EXTENDED_KEY_USAGE: &[u8] = &[0x06, 3, 0x55, 0x1d, 37];
const BASIC_CONSTRAINTS: &[u8] = &[0x06, 3, 0x55, 0x1d, 19];
const SUBJECT_KEY_ID: &[u8] = &[0x06, 3, 0x55, 0x1d, 14];
const AUTHORITY_KEY_ID: &[u8] = &[0x06, 3, 0x55, 0x1d, 35];
const ALTERNATIVE_NAME: &[u8] = &[0x06, 3, 0x55, 0x1d, 17];
const SERVER_AUTH: &[u8] = &[0x06, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1];
const CLIENT_AUTH: &[u8] = &[0x06, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2];
const CRITICAL: &[u8] = &[0x01, 1, 0xff];

/// Makes a certificate for `key`. Without an issuer it signs itself.
pub(super) fn create(
    request: &Request,
    key: &Key,
    issuer: Option<(&Issuer, &Key)>,
) -> Result<Vec<u8>, String> {
    let unsupported = "x509: only RSA, ECDSA and Ed25519 keys supported";
    let signer = issuer.map_or(key, |(_, signer)| signer);
    let algorithm = signer.signature_algorithm().ok_or(unsupported)?;
    let public_key_info = key.public_key_info().ok_or("x509: unsupported public key type")?;
    let signer_info = signer.public_key_info().ok_or(unsupported)?;
    if issuer.is_some_and(|(issuer, _)| issuer.public_key_info != signer_info) {
        return Err("x509: provided PrivateKey doesn't match parent's PublicKey".to_owned());
    }
    let subject = name(&request.common_name);
    let issuer_name = issuer.map_or(subject.as_slice(), |(issuer, _)| &issuer.subject);
    let issuer_key = issuer.and_then(|(issuer, _)| issuer.key_id.as_deref());
    // One that has its own name in it needs no pointer to itself.
    let issuer_key = issuer_key.filter(|_| issuer_name != subject);
    let extensions = extensions(request, &public_key_info, issuer_key)?;
    let body = der::sequence(&[
        der::value(0xa0, &der::integer(&[2])),
        der::integer(&request.serial),
        algorithm.clone(),
        issuer_name.to_vec(),
        der::sequence(&[time(request.not_before), time(request.not_after)]),
        subject,
        public_key_info,
        der::value(0xa3, &der::sequence(&extensions)),
    ]);
    let signature = signer.sign(&body)?;
    Ok(der::sequence(&[body, algorithm, der::bit_string(&signature)]))
}

/// A name that has a common name only, or nothing.
fn name(common_name: &[u8]) -> Vec<u8> {
    if common_name.is_empty() {
        return der::sequence::<&[u8]>(&[]);
    }
    let printable = |byte: &u8| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(byte);
    let tag = if common_name.iter().all(printable) { 0x13 } else { 0x0c };
    let attribute = der::sequence(&[COMMON_NAME, &der::value(tag, common_name)]);
    der::sequence(&[der::value(der::SET, &attribute)])
}

/// A time in the form its year asks for.
fn time(seconds: i64) -> Vec<u8> {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil_from_days(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let rest = format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
    if (1950..2050).contains(&year) {
        der::value(0x17, format!("{:02}{rest}", year % 100).as_bytes())
    } else {
        der::value(0x18, format!("{year:04}{rest}").as_bytes())
    }
}

fn extensions(
    request: &Request,
    public_key_info: &[u8],
    issuer_key: Option<&[u8]>,
) -> Result<Vec<Vec<u8>>, String> {
    let extension = |id: &[u8], critical: bool, value: &[u8]| {
        let critical = if critical { CRITICAL } else { &[] };
        der::sequence(&[id, critical, &der::value(der::OCTET_STRING, value)])
    };
    // Digital signature and key encipherment; for authorities also certificate signing.
    let usage: &[u8] = if request.is_ca { &[2, 0xa4] } else { &[5, 0xa0] };
    let constraints: &[&[u8]] = if request.is_ca { &[CRITICAL] } else { &[] };
    let mut all = vec![
        extension(KEY_USAGE, true, &der::value(der::BIT_STRING, usage)),
        extension(EXTENDED_KEY_USAGE, false, &der::sequence(&[SERVER_AUTH, CLIENT_AUTH])),
        extension(BASIC_CONSTRAINTS, true, &der::sequence(constraints)),
    ];
    if request.is_ca {
        let mut info = Reader::new(public_key_info).sequence().ok_or("x509: no public key")?;
        info.next();
        let hash = Sha256::digest(info.bit_string().unwrap_or_default());
        let id = hash.get(..20).unwrap_or_default();
        all.push(extension(SUBJECT_KEY_ID, false, &der::value(der::OCTET_STRING, id)));
    }
    if let Some(id) = issuer_key {
        all.push(extension(AUTHORITY_KEY_ID, false, &der::sequence(&[der::value(0x80, id)])));
    }
    let mut names = Vec::new();
    for name in &request.dns_names {
        if !name.is_ascii() {
            let name = pintle_strconv::quote(name);
            return Err(format!("x509: {name} cannot be encoded as an IA5String"));
        }
        names.push(der::value(0x82, name));
    }
    names.extend(request.addresses.iter().map(|address| der::value(0x87, address)));
    if !names.is_empty() {
        let critical = request.common_name.is_empty();
        all.push(extension(ALTERNATIVE_NAME, critical, &der::sequence(&names)));
    }
    Ok(all)
}

/// Reads what is needed to sign with a certificate.
pub(super) fn parse(bytes: &[u8]) -> Option<Issuer> {
    let mut outer = Reader::new(bytes);
    let mut certificate = outer.sequence().filter(|_| outer.is_empty())?;
    let mut body = certificate.sequence()?;
    certificate.sequence()?;
    certificate.bit_string()?;
    body.optional(0xa0);
    body.expect(der::INTEGER)?;
    body.sequence()?;
    body.sequence()?;
    body.sequence()?;
    let subject = body.expect(der::SEQUENCE)?.whole.to_vec();
    let public_key_info = body.expect(der::SEQUENCE)?.whole.to_vec();
    body.optional(0x81);
    body.optional(0x82);
    let mut key_id = None;
    if let Some(extensions) = body.optional(0xa3) {
        let mut extensions = Reader::new(extensions.content).sequence()?;
        while !extensions.is_empty() {
            let mut extension = extensions.sequence()?;
            let id = extension.expect(der::OBJECT_IDENTIFIER)?.whole;
            extension.optional(0x01);
            let value = extension.expect(der::OCTET_STRING)?.content;
            if id == SUBJECT_KEY_ID {
                key_id = Some(Reader::new(value).expect(der::OCTET_STRING)?.content.to_vec());
            }
        }
    }
    Some(Issuer { subject, key_id, public_key_info })
}
