//! What else fetches.

use std::fmt;

use super::{Error, Request, Response, same_origin};

/// Fetches what is not fetched by HTTP: what a plugin knows of, for example.
pub trait Getter: fmt::Debug {
    /// Fetches something; `None` if this getter does not know the scheme of the URL. User name and
    /// password are in the request only if they are for this URL.
    fn get(&self, request: &Request) -> Option<Result<Vec<u8>, String>>;
}

/// The answer of a getter, if one is asked.
pub(super) fn ask(
    getter: Option<&dyn Getter>,
    request: &Request,
) -> Option<Result<Response, Error>> {
    let (scheme, _) = request.url.split_once(':')?;
    let getter = getter.filter(|_| !matches!(scheme, "http" | "https" | "oci"))?;
    let mut request = request.clone();
    let access = &mut request.access;
    if !access.pass_credentials && !same_origin(&access.origin, &request.url) {
        access.username.clear();
        access.password.clear();
    }
    let body = getter.get(&request)?;
    Some(match body {
        Ok(body) if body.len() as u64 > request.limit => {
            Err(Error::TooLarge { url: super::redacted(&request.url), limit: request.limit })
        }
        Ok(body) => Ok(Response { body, ..Response::default() }),
        Err(why) => Err(Error::Getter { why }),
    })
}
