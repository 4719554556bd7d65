//! libecg2mri: the library [`ecg2mri`] for programs in C, and in whatever else calls C.
//!
//! - [`status`]: what a call comes to;
//! - [`version`]: which library and which interface this is;
//! - [`pipeline`]: a loaded model;
//! - [`recording`]: an ECG from a file or from samples in memory;
//! - [`result`]: generating, and what was generated.
//!
//! Every function can be called with anything that its types allow: a null pointer, a misaligned one, text
//! that is not UTF-8 and a structure of a wrong size give an error, and no panic leaves the library. What it
//! cannot know is whether a pointer that looks well leads anywhere: that is what the `# Safety` of each
//! function asks for.
//!
//! `include/ecg2mri.h` is written from these modules by cbindgen, with their comments. How to link, who frees
//! what, and what stays the same between versions is in `runtime/docs/library.md`.

mod boundary;
mod failure;
mod names;
pub mod pipeline;
mod pointer;
pub mod recording;
pub mod result;
pub mod status;
mod structure;
pub mod version;
