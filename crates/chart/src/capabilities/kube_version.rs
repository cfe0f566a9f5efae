//! Versions of Kubernetes.

use std::fmt;

use pintle_semver::{Constraint, Version};
use pintle_strconv::{parse_uint, quote};

/// A version of Kubernetes, such as `v1.33.4-gke.1245000`: what a template sees as
/// `.Capabilities.KubeVersion`.
///
/// [`Display`](fmt::Display) gives what Go's `String` does: the version without what follows its
/// numbers, by which constraints are checked.
///
/// ```
/// let version = pintle_chart::KubeVersion::parse("1.33.4-gke.1245000")?;
/// assert_eq!(version.version(), "v1.33.4-gke.1245000");
/// assert_eq!(version.to_string(), "v1.33.4");
/// assert_eq!((version.major(), version.minor()), ("1", "33"));
/// assert!(version.satisfies(">= 1.25.0"));
/// # Ok::<(), pintle_chart::KubeVersionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeVersion {
    version: String,
    normalized: String,
    major: String,
    minor: String,
}

/// A text that is no version of Kubernetes; the texts are those of Kubernetes' library.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KubeVersionError {
    /// It does not begin with numbers.
    NotAVersion {
        /// The text.
        text: String,
    },
    /// It has one number alone.
    Illegal {
        /// The text.
        text: String,
    },
    /// The first number begins with a zero.
    LeadingZero {
        /// The number.
        component: String,
        /// The text.
        text: String,
    },
    /// A number has too many digits.
    OutOfRange {
        /// The number.
        component: String,
        /// The text.
        text: String,
    },
}

impl fmt::Display for KubeVersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &String| quote(text.as_bytes());
        match self {
            KubeVersionError::NotAVersion { text } => {
                write!(f, "could not parse {} as version", quoted(text))
            }
            KubeVersionError::Illegal { text } => {
                write!(f, "illegal version string {}", quoted(text))
            }
            KubeVersionError::LeadingZero { component, text } => write!(
                f,
                "illegal zero-prefixed version component {} in {}",
                quoted(component),
                quoted(text)
            ),
            KubeVersionError::OutOfRange { component, text } => write!(
                f,
                "illegal non-numeric version component {} in {}: value out of range",
                quoted(component),
                quoted(text)
            ),
        }
    }
}

impl std::error::Error for KubeVersionError {}

impl Default for KubeVersion {
    fn default() -> Self {
        KubeVersion {
            version: "v1.37.0".to_owned(),
            normalized: "v1.37.0".to_owned(),
            major: "1".to_owned(),
            minor: "37".to_owned(),
        }
    }
}

impl KubeVersion {
    /// Reads what `--kube-version` takes: at least two numbers, with or without a `v` before them
    /// and with anything behind them.
    ///
    /// # Errors
    ///
    /// The text does not begin like a version.
    pub fn parse(text: &str) -> Result<Self, KubeVersionError> {
        let owned = || text.to_owned();
        // \s of Go's regular expressions.
        let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\x0c' | '\r');
        let start = text.trim_start_matches(blank);
        let start = start.strip_prefix('v').unwrap_or(start);
        let mut end = digits(start);
        if end == 0 {
            return Err(KubeVersionError::NotAVersion { text: owned() });
        }
        while let Some(after) = start.get(end..).and_then(|rest| rest.strip_prefix('.')) {
            match digits(after) {
                0 => break,
                more => end += 1 + more,
            }
        }
        let (numbers, rest) = start.split_at(end);
        // Anything may follow, but not on another line.
        if rest.contains('\n') {
            return Err(KubeVersionError::NotAVersion { text: owned() });
        }
        let components: Vec<&str> = numbers.split('.').collect();
        if components.len() < 2 {
            return Err(KubeVersionError::Illegal { text: owned() });
        }
        let mut values = Vec::with_capacity(components.len());
        for (at, component) in components.iter().enumerate() {
            let owned = || (component.to_string(), text.to_owned());
            if at == 0 && component.starts_with('0') && *component != "0" {
                let (component, text) = owned();
                return Err(KubeVersionError::LeadingZero { component, text });
            }
            let value = parse_uint(component.as_bytes(), 10, 64).map_err(|_| {
                let (component, text) = owned();
                KubeVersionError::OutOfRange { component, text }
            })?;
            values.push(value.to_string());
        }
        let version = if text.starts_with('v') { owned() } else { format!("v{text}") };
        Ok(KubeVersion {
            version,
            normalized: format!("v{}", values.join(".")),
            major: values.first().cloned().unwrap_or_default(),
            minor: values.get(1).cloned().unwrap_or_default(),
        })
    }

    /// What a server says of itself. Helm takes it as it is: constraints are checked against the
    /// whole version, and `minor` may be such as `33+`.
    ///
    /// ```
    /// let version = pintle_chart::KubeVersion::of_server("v1.33.4-eks-1", "1", "33+");
    /// assert_eq!(version.to_string(), "v1.33.4-eks-1");
    /// assert_eq!(version.minor(), "33+");
    /// ```
    pub fn of_server(version: &str, major: &str, minor: &str) -> Self {
        let [version, major, minor] = [version, major, minor].map(str::to_owned);
        KubeVersion { normalized: version.clone(), version, major, minor }
    }

    /// The whole version, with a `v` before it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The version's numbers alone, with a `v` before them.
    pub fn normalized(&self) -> &str {
        &self.normalized
    }

    /// The first number.
    pub fn major(&self) -> &str {
        &self.major
    }

    /// The second number.
    pub fn minor(&self) -> &str {
        &self.minor
    }

    /// Whether the version satisfies a chart's `kubeVersion`. What follows the numbers does not
    /// count; a text that is no constraint is satisfied by nothing.
    pub fn satisfies(&self, constraint: &str) -> bool {
        let Ok(version) = Version::parse(&self.normalized) else { return false };
        Constraint::parse(constraint).is_ok_and(|constraint| constraint.check(&version))
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

impl fmt::Display for KubeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.normalized)
    }
}
