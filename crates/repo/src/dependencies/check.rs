//! Signatures of what is fetched.

use std::fmt;

use crate::Error;

/// How signatures of what is fetched are checked.
pub struct Check<'c> {
    /// Whether what has no provenance file is refused.
    pub required: bool,
    /// Says why an archive is not what its provenance file says: the archive, that file, the
    /// archive's name.
    pub check: &'c Verify<'c>,
}

/// Says why an archive is not what its provenance file says.
pub type Verify<'c> = dyn Fn(&[u8], &[u8], &str) -> Result<(), String> + 'c;

impl fmt::Debug for Check<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("required", &self.required).finish_non_exhaustive()
    }
}

impl Check<'_> {
    /// Judges an archive that came from `url`. What is worth saying of one without a provenance
    /// file is the answer.
    pub(super) fn judge(
        &self,
        url: &str,
        name: &str,
        archive: &[u8],
        provenance: Result<Vec<u8>, String>,
    ) -> Result<String, Error> {
        let fails = |why: String| Error::Other(format!("could not download {url}: {why}"));
        match provenance {
            Ok(provenance) => {
                (self.check)(archive, &provenance, name).map_err(fails)?;
                Ok(String::new())
            }
            Err(_) if self.required => {
                let prov = pintle_strconv::quote(format!("{url}.prov"));
                Err(fails(format!("failed to fetch provenance {prov}")))
            }
            Err(why) => Ok(format!("WARNING: Verification not found for {url}: {why}\n")),
        }
    }
}
