#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod actions;
mod cluster;
mod codec;
mod document;
mod go_value;
mod head;
mod hook;
mod kinds;
mod list;
mod memory;
mod prepare;
mod record;
mod records;
mod selector;
mod show;
mod status;
mod storage;

pub use cluster::{
    Apply, ApplyError, Cancel, Cascade, Changes, Cluster, ClusterError, ClusterErrorKind, Event,
    LogWriter, Lookup, ManifestPlace, Pods, Resource, Silent, Table, Violation, Wait, WaitError,
    WaitGoal, WaitStrategy, Watch,
};
pub use codec::{
    CodecError, EmitHook, EmitMetadata, EmitRelease, MAX_OBJECT, MAX_RECORD, SYSTEM_LABELS, Stamp,
    decode_brief, decode_json, decode_record, encode_json, encode_record, encode_record_within,
    is_system_label, record_labels, user_labels,
};
pub use document::{Document, documents, trim_space};
pub use head::Head;
pub use hook::{Hook, HookDeletePolicy, HookEvent, HookOutputLogPolicy};
pub use kinds::{INSTALL_ORDER, UNINSTALL_ORDER, compare_kinds};
pub use list::{ListOptions, ListRow, list};
pub use memory::Memory;
pub use pintle_chart::Time;
pub use prepare::{
    Invalid, Manifest, PrepareError, Prepared, RenderedFile, append_source, prepare,
};
pub use record::{Holder, HookRun, Info, RecordedHook, Release};
pub use records::Storage;
pub use selector::{Selector, SelectorError};
pub use show::{HistoryRow, ReleaseMetadata, release_values};
pub use status::Status;
pub use storage::{Driver, Heartbeat, Key, Listing, Query, StorageError, Unreadable};
