//! Arrays and tables in shared memory: a participant of arrow-shm's pools.
//!
//! A pool is a directory on a tmpfs that processes of one user share, in any language. A *segment* is written once,
//! sealed, and then read in place by everybody who holds it; a *dataset* is a tree of segments with a name and
//! attributes. Any process may be killed at any time: nothing leaks, nothing is freed early, nobody hangs. The format
//! and the protocol are in `FORMAT.md`, whose sections the comments name.
//!
//! ```
//! use arrow_shm::{Options, Pool, Publication};
//!
//! # fn main() -> arrow_shm::Result<()> {
//! # let name = format!("doc-{}", std::process::id());
//! let options = Options::named(&name).size_bytes(16 << 20).slots(1024);
//! let pool = Pool::open(&options)?;
//! let segment = pool.put(b"an Arrow file, an Arrow tensor, or an .npy file")?;
//! pool.publish("run/1", Publication::new().segment("frames", &segment, "<f4 [2, 3]", Default::default()))?;
//!
//! let dataset = pool.dataset("run/1")?;
//! assert_eq!(dataset.segment("frames").unwrap().bytes(), segment.bytes());
//! # drop((dataset, segment, pool));
//! # arrow_shm::remove(&options)?;
//! # Ok(())
//! # }
//! ```
#![deny(unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]
#![cfg(all(target_os = "linux", target_pointer_width = "64", target_endian = "little"))]

mod channels;
mod claims;
mod content;
mod directory;
mod epochs;
mod error;
mod fault;
mod fork;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzz;
mod heritage;
mod incoming;
mod inotify;
mod json;
mod layout;
mod leases;
mod manifest;
mod names;
mod parcels;
mod participants;
mod pool;
mod readings;
mod reference;
mod request;
mod requests;
mod slabs;
mod slots;
mod sweep;
mod sys;
#[cfg(test)]
mod vectors;
mod verify;
mod watch;
mod word;

pub use channels::{Incoming, Invitation, Outgoing};
pub use content::{Array, DType, Field};
pub use directory::{Options, remove};
pub use epochs::Epoch;
pub use error::{Error, Kind, Result};
#[cfg(feature = "faults")]
pub use fault::fault_points;
pub use heritage::Heritage;
pub use leases::Lease;
pub use manifest::{Attributes, Entry};
pub use parcels::{Memory, Parcel, all_arrived};
pub use participants::Participant;
pub use pool::{Dataset, Pool, Publication, Segment, Writer, pools};
pub use reference::Reference;
pub use serde_json::Value;
pub use slabs::Exposure;
pub use watch::{Change, Watch, What};
