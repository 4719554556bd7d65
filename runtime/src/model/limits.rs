//! How large a model may be. A cart has a gigabyte or less, and shares it; what asks for more than these is not a
//! model for it, whatever its digests say.
//!
//! The largest network of a published recipe, the decoder of the thesis, has 3.5 million weights; the shipped one
//! has 0.7 million in all.

/// Bytes of `manifest.toml`. The shipped one has 6,000; what would be longer are names of metrics, and those are for
/// people to read.
pub const MANIFEST_BYTES: u64 = 1 << 18;

/// Bytes of `manifest.toml.minisig`: minisign's own comments end at 8,192 bytes, and the signatures take 200.
pub const SIGNATURE_BYTES: u64 = 1 << 14;

/// Bytes of a file that holds a public key: a comment and 56 letters.
pub const PUBLIC_KEY_BYTES: u64 = 1 << 14;

/// Bytes of one network: eight million weights in full precision, and what is said about them.
pub const NETWORK_BYTES: u64 = 4 * STORED_VALUES + (1 << 20);

/// Bytes of the statistics: 64 components of 4096 numbers of 20 digits each, and more.
pub const STATISTICS_BYTES: u64 = 1 << 24;

/// Bytes of all files together: each is held in memory while it is digested and parsed.
pub const MODEL_BYTES: u64 = 40 << 20;

/// Weights of one network.
pub const STORED_VALUES: u64 = 1 << 23;

/// Values of any one tensor, which also bounds every input and output: 256 pictures of 128 × 128 pixels.
pub const TENSOR_VALUES: u64 = 1 << 22;

/// Bytes that the networks of one model may take while they are loaded and run, by the count of [`super::onnx`]. The
/// thesis takes 0.8 of it.
pub const WORKING_BYTES: u64 = 200 << 20;

/// Multiplications of one run of a network: sixteen times the decoder of the thesis (2.1 · 10⁹), which takes a cart
/// seconds.
pub const MULTIPLICATIONS: u64 = 1 << 35;

/// Nodes of a graph. The shipped decoder has 112; loading takes time in proportion at best.
pub const NODES: usize = 2048;

/// Stored tensors of a graph; a node takes two or three.
pub const STORED_TENSORS: usize = 2 * NODES;

/// Inputs of one node, which only a concatenation has many of.
pub const NODE_INPUTS: usize = 64;

/// Settings of one node; a convolution has five.
pub const ATTRIBUTES: usize = 8;

/// Axes of a tensor: six are used where attention is split into heads and pixels.
pub const AXES: usize = 8;

/// Bytes of a name in a graph. The exporter's are paths such as `mri_decoder/level2/attention/query/MatMul`.
pub const NAME_BYTES: usize = 256;

/// Samples by which a window is moved, spread or padded: more than any signal that is read is long.
pub const WINDOW_STEP: usize = 1 << 13;
