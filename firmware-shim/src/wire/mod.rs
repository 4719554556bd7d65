//! The wire format between the ECG front end and the cart, version 1.
//!
//! `spec/wire-format.md` in this crate is the specification; the modules follow its sections.
//!
//! | module | says |
//! |---|---|
//! | `frame` | what every frame carries, and the sizes all implementations may rely on |
//! | `hello` | who the device is and what its samples mean |
//! | `samples` | the samples, their status and which electrodes are off |
//! | `encode` | a frame into bytes |
//! | `parse` | the unstuffed bytes of one frame into a frame |
//! | `continuity` | what is missing, repeated or restarted between frames |
//! | `decode` | a stream of bytes into events |

mod continuity;
mod decode;
mod encode;
mod frame;
mod hello;
mod parse;
mod samples;

pub use decode::{Damage, Decoder, Event, Events};
pub use encode::{EncodeError, encode_frame, max_samples_frame_len};
pub use frame::{
    Body, Frame, Header, MAX_CHANNELS, MAX_ENCODED_LEN, MAX_RAW_LEN, MAX_SAMPLES, VERSION,
};
pub use hello::{
    Channel, DeviceKind, FirmwareVersion, Hello, HelloError, Lead, microvolts_per_code,
};
pub use parse::PayloadError;
pub use samples::{CODE_MAX, CODE_MIN, LeadOff, SampleBlock, Samples, SamplesError, Status};
