//! What a lock file knows its chart's dependencies by.

use pintle_chart::Dependency;

use crate::Error;
use crate::content::Content;
use crate::oci::write_dependencies;

/// The digest of what is wanted and what was chosen, as Helm computes it.
///
/// ```
/// use pintle_chart::Dependency;
/// use pintle_repo::dependencies::hash;
///
/// let of = |version: &str| Dependency {
///     name: "alpine".to_owned(),
///     version: version.to_owned(),
///     repository: "http://localhost:8879/charts".to_owned(),
///     ..Dependency::default()
/// };
/// assert_eq!(
///     hash(&[of("0.1.0")], &[of("0.1.0")])?,
///     "sha256:fb239e836325c5fa14b29d1540a13b7d3ba13151b67fe719f820e0ef6d66aaaf"
/// );
/// # Ok::<(), pintle_repo::Error>(())
/// ```
///
/// # Errors
///
/// A text cannot be written.
pub fn hash(wanted: &[Dependency], locked: &[Dependency]) -> Result<String, Error> {
    let mut text = b"[".to_vec();
    write_dependencies(&mut text, wanted)?;
    text.push(b',');
    write_dependencies(&mut text, locked)?;
    text.push(b']');
    Ok(format!("sha256:{}", Content::digest(&text)))
}

/// The digest that Helm 2 has computed, which charts of version 1 may still have.
///
/// # Errors
///
/// A text cannot be written.
pub fn hash_v2(wanted: &[Dependency]) -> Result<String, Error> {
    let mut text = b"{\"dependencies\":".to_vec();
    write_dependencies(&mut text, wanted)?;
    text.push(b'}');
    Ok(format!("sha256:{}", Content::digest(&text)))
}
