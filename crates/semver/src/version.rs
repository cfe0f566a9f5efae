//! A version.

mod error;
mod parse;
mod prerelease;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::str::FromStr;

pub use error::{Part, VersionError};
pub(crate) use parse::parse_numbers;
pub(crate) use prerelease::{compare as compare_prereleases, validate as validate_prerelease};

/// The length in bytes above which a version is refused.
pub const MAX_VERSION_LEN: usize = 256;

/// A semantic version, and the text it was read from.
///
/// Versions are compared by precedence: numbers first, then the prerelease, where a version without
/// one is the greater. Metadata does not count: `1.0.0+a == 1.0.0+b`.
///
/// ```
/// use pintle_semver::Version;
///
/// let version = Version::parse("v1.2-beta.1+linux")?;
/// assert_eq!((version.major(), version.minor(), version.patch()), (1, 2, 0));
/// assert_eq!(version.prerelease(), "beta.1");
/// assert_eq!(version.to_string(), "1.2.0-beta.1+linux");
/// assert_eq!(version.original(), "v1.2-beta.1+linux");
/// assert!(version < Version::new(1, 2, 0));
/// # Ok::<(), pintle_semver::VersionError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Version {
    major: u64,
    minor: u64,
    patch: u64,
    original: Box<str>,
    /// Where the prerelease stands in the original text.
    prerelease: Range<usize>,
    /// Where the metadata stands in the original text.
    metadata: Range<usize>,
}

impl Version {
    /// A version without prerelease and metadata.
    ///
    /// ```
    /// assert_eq!(pintle_semver::Version::new(1, 2, 3).original(), "1.2.3");
    /// ```
    pub fn new(major: u64, minor: u64, patch: u64) -> Self {
        Version::assemble("", [major, minor, patch], "", "")
    }

    /// Reads a version with indulgence: a `v` may lead, minor and patch may be missing, numbers may
    /// have leading zeros. This is `semver.NewVersion`.
    ///
    /// # Errors
    ///
    /// [`VersionError::Invalid`], [`TooLong`](VersionError::TooLong),
    /// [`Segment`](VersionError::Segment) for a number that does not fit, or
    /// [`LeadingZero`](VersionError::LeadingZero) for a number in the prerelease.
    ///
    /// ```
    /// use pintle_semver::{Version, VersionError};
    ///
    /// assert_eq!(Version::parse("v01.30")?.to_string(), "1.30.0");
    /// assert_eq!(Version::parse("1.2.3.4").unwrap_err(), VersionError::Invalid);
    /// # Ok::<(), VersionError>(())
    /// ```
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, VersionError> {
        parse::parse(text.as_ref())
    }

    /// Reads a version that is spelt as the specification asks, with all three numbers and nothing
    /// leading. This is `semver.StrictNewVersion`.
    ///
    /// # Errors
    ///
    /// Any [`VersionError`] but [`Segment`](VersionError::Segment).
    ///
    /// ```
    /// use pintle_semver::{Version, VersionError};
    ///
    /// assert!(Version::parse_strict("1.2.3-rc.1").is_ok());
    /// assert_eq!(Version::parse_strict("v1.2.3").unwrap_err(), VersionError::InvalidCharacters);
    /// assert_eq!(Version::parse_strict("1.2.03").unwrap_err(), VersionError::LeadingZero);
    /// ```
    pub fn parse_strict(text: impl AsRef<[u8]>) -> Result<Self, VersionError> {
        parse::parse_strict(text.as_ref())
    }

    /// The first number.
    pub fn major(&self) -> u64 {
        self.major
    }

    /// The second number.
    pub fn minor(&self) -> u64 {
        self.minor
    }

    /// The third number.
    pub fn patch(&self) -> u64 {
        self.patch
    }

    /// The part behind `-`, without it; empty if there is none.
    pub fn prerelease(&self) -> &str {
        self.original.get(self.prerelease.clone()).unwrap_or_default()
    }

    /// The part behind `+`, without it; empty if there is none.
    pub fn metadata(&self) -> &str {
        self.original.get(self.metadata.clone()).unwrap_or_default()
    }

    /// The text the version was read from. Versions made from others have the text that
    /// [`Display`](fmt::Display) writes, behind the `v` of the first one if that had one.
    pub fn original(&self) -> &str {
        &self.original
    }

    /// The next patch version: without prerelease and metadata, and with the next patch number
    /// unless there was a prerelease.
    ///
    /// # Errors
    ///
    /// [`VersionError::Overflow`].
    ///
    /// ```
    /// use pintle_semver::Version;
    ///
    /// assert_eq!(Version::parse("v1.2.3")?.next_patch()?.original(), "v1.2.4");
    /// assert_eq!(Version::parse("1.2.3-rc.1")?.next_patch()?.original(), "1.2.3");
    /// # Ok::<(), pintle_semver::VersionError>(())
    /// ```
    pub fn next_patch(&self) -> Result<Self, VersionError> {
        let patch = match self.prerelease() {
            "" => increment(self.patch, Part::Patch)?,
            _ => self.patch,
        };
        Ok(Version::assemble(self.prefix(), [self.major, self.minor, patch], "", ""))
    }

    /// The next minor version: patch 0, without prerelease and metadata.
    ///
    /// # Errors
    ///
    /// [`VersionError::Overflow`].
    ///
    /// ```
    /// use pintle_semver::Version;
    ///
    /// assert_eq!(Version::parse("1.2.3-rc.1")?.next_minor()?.original(), "1.3.0");
    /// # Ok::<(), pintle_semver::VersionError>(())
    /// ```
    pub fn next_minor(&self) -> Result<Self, VersionError> {
        let minor = increment(self.minor, Part::Minor)?;
        Ok(Version::assemble(self.prefix(), [self.major, minor, 0], "", ""))
    }

    /// The next major version: minor and patch 0, without prerelease and metadata.
    ///
    /// # Errors
    ///
    /// [`VersionError::Overflow`].
    ///
    /// ```
    /// use pintle_semver::Version;
    ///
    /// assert_eq!(Version::parse("1.2.3")?.next_major()?.original(), "2.0.0");
    /// # Ok::<(), pintle_semver::VersionError>(())
    /// ```
    pub fn next_major(&self) -> Result<Self, VersionError> {
        let major = increment(self.major, Part::Major)?;
        Ok(Version::assemble(self.prefix(), [major, 0, 0], "", ""))
    }

    /// The same version with another prerelease (without its `-`); none if it is empty.
    ///
    /// # Errors
    ///
    /// [`VersionError::InvalidPrerelease`] or [`VersionError::LeadingZero`].
    ///
    /// ```
    /// use pintle_semver::Version;
    ///
    /// let version = Version::parse("v1.2.3+linux")?.with_prerelease("rc.1")?;
    /// assert_eq!(version.original(), "v1.2.3-rc.1+linux");
    /// # Ok::<(), pintle_semver::VersionError>(())
    /// ```
    pub fn with_prerelease(&self, prerelease: &str) -> Result<Self, VersionError> {
        if !prerelease.is_empty() {
            prerelease::validate(prerelease.as_bytes())?;
        }
        Ok(Version::assemble(self.prefix(), self.numbers(), prerelease, self.metadata()))
    }

    /// The same version with other metadata (without their `+`); none if they are empty.
    ///
    /// # Errors
    ///
    /// [`VersionError::InvalidMetadata`].
    ///
    /// ```
    /// use pintle_semver::Version;
    ///
    /// assert_eq!(Version::new(1, 2, 3).with_metadata("linux")?.to_string(), "1.2.3+linux");
    /// # Ok::<(), pintle_semver::VersionError>(())
    /// ```
    pub fn with_metadata(&self, metadata: &str) -> Result<Self, VersionError> {
        if !metadata.is_empty() {
            prerelease::validate_metadata(metadata.as_bytes())?;
        }
        Ok(Version::assemble(self.prefix(), self.numbers(), self.prerelease(), metadata))
    }

    fn numbers(&self) -> [u64; 3] {
        [self.major, self.minor, self.patch]
    }

    /// The `v` of the original text.
    fn prefix(&self) -> &'static str {
        if self.original.starts_with('v') { "v" } else { "" }
    }

    fn assemble(prefix: &str, numbers: [u64; 3], prerelease: &str, metadata: &str) -> Self {
        let [major, minor, patch] = numbers;
        let mut original = String::with_capacity(24 + prerelease.len() + metadata.len());
        original.push_str(prefix);
        let mut separator = "";
        for number in numbers {
            original.push_str(separator);
            pintle_strconv::append_uint(&mut original, number);
            separator = ".";
        }
        let mut append = |lead, part: &str| {
            if !part.is_empty() {
                original.push(lead);
                original.push_str(part);
            }
            original.len() - part.len()..original.len()
        };
        let prerelease = append('-', prerelease);
        let metadata = append('+', metadata);
        let original = original.into_boxed_str();
        Version { major, minor, patch, original, prerelease, metadata }
    }
}

fn increment(number: u64, part: Part) -> Result<u64, VersionError> {
    number.checked_add(1).ok_or(VersionError::Overflow(part))
}

impl fmt::Display for Version {
    /// Writes the version as the specification spells it, whatever the original text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Version { major, minor, patch, .. } = self;
        write!(f, "{major}.{minor}.{patch}")?;
        for (lead, part) in [("-", self.prerelease()), ("+", self.metadata())] {
            if !part.is_empty() {
                f.write_str(lead)?;
                f.write_str(part)?;
            }
        }
        Ok(())
    }
}

impl FromStr for Version {
    type Err = VersionError;

    /// As [`Version::parse`].
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Version::parse(text)
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let numbers = self.numbers().cmp(&other.numbers());
        numbers.then_with(|| match (self.prerelease(), other.prerelease()) {
            ("", "") => Ordering::Equal,
            ("", _) => Ordering::Greater,
            (_, "") => Ordering::Less,
            (a, b) => prerelease::compare(a, b),
        })
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Prereleases are equal only if their texts are.
        self.numbers().hash(state);
        self.prerelease().hash(state);
    }
}
