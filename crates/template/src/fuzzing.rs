//! What the project's fuzz targets ask of the inside. It may change with any version.

/// Where the quick path of the parser takes a pipeline, the grammar must make the same of it. Gives
/// whether the quick path takes it.
///
/// # Errors
///
/// They differ; the text has what both made.
pub fn parsers_agree(pipeline: &str, range: bool) -> Result<bool, String> {
    let blanks = [' ', '\t', '\n', '\r'];
    crate::syntax::agree::agree(pipeline.trim_matches(blanks), range)
}
