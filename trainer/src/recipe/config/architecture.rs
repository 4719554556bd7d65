//! The networks a recipe can ask for.

use serde::{Deserialize, Serialize};

/// The networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// Length of the latent vector that both modalities share.
    pub latent: usize,
    /// Whether every latent is brought to one length, so that the decoder sees one scale from both encoders.
    #[serde(default = "yes")]
    pub normalise_latent: bool,
    /// The ECG autoencoder.
    pub ecg: EcgNetwork,
    /// The MRI autoencoder.
    pub mri: MriNetwork,
}

fn yes() -> bool {
    true
}

/// The kinds of ECG autoencoder: `[architecture.ecg.fully_connected]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EcgNetwork {
    /// Fully connected layers.
    FullyConnected(FullyConnected),
    /// Residual convolutions in time, with the heart rate beside them.
    Residual(ResidualBeat),
}

/// The kinds of MRI autoencoder: `[architecture.mri.convolutional]` or `[architecture.mri.double_convolution]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MriNetwork {
    /// One convolution a level.
    Convolutional(Convolutional),
    /// Two convolutions a level, as the thesis has them.
    DoubleConvolution(DoubleConvolution),
    /// Residual blocks and attention, cheap where pixels are many.
    Residual(Residual),
}

/// A fully connected autoencoder of the ECG.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FullyConnected {
    /// Each run of this many samples is averaged into one before the first layer; a divisor of 600.
    pub average: usize,
    /// Widths of the hidden layers, from the ECG inwards; the decoder mirrors them.
    pub widths: Vec<usize>,
    /// Whether the latent too passes a rectifier, so that none of its elements is negative.
    #[serde(default)]
    pub rectify_latent: bool,
    /// What the rebuilt ECG passes last.
    #[serde(default)]
    pub output: Squash,
    /// How the first weights are drawn.
    #[serde(default)]
    pub first_values: FirstValues,
}

/// An autoencoder of the median beat whose encoder is made of residual convolutions in time; its decoder is fully
/// connected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResidualBeat {
    /// Each run of this many samples is averaged into one before the first layer; a divisor of 600. The decoder rebuilds
    /// the beat in this form.
    pub average: usize,
    /// Leads that the encoder looks at, by name; all twelve where it is missing. The input holds all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads: Option<Vec<String>>,
    /// Whether the encoder is given the heart rate.
    #[serde(default = "yes")]
    pub heart_rate: bool,
    /// Channels of each level; each halves the samples.
    pub channels: Vec<usize>,
    /// Samples that a convolution sees, odd.
    pub kernel: usize,
    /// Widths of the decoder's hidden layers, from the ECG inwards.
    pub decoder: Vec<usize>,
}

/// What limits an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Squash {
    /// Nothing: an ECG in millivolts is signed.
    #[default]
    None,
    /// A sigmoid, for signals brought to 0..1.
    Sigmoid,
}

/// How the first weights are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstValues {
    /// Normal with variance 2 / fan-in before rectifiers, else 1 / fan-in; biases zero.
    #[default]
    Normal,
    /// As PyTorch draws them unless told otherwise: weights and biases uniform within ± 1 / √fan-in.
    Uniform,
}

/// A convolutional autoencoder of the 128 × 128 picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Convolutional {
    /// Channels after each halving of the picture, from 64 × 64 down; five numbers end at 4 × 4.
    pub encoder: Vec<usize>,
    /// Channels at 4 × 4 and after each doubling; the last doubling reaches 128 × 128, so six numbers.
    pub decoder: Vec<usize>,
}

/// An autoencoder of the 128 × 128 image with residual blocks and attention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Residual {
    /// Channels after each halving of the image, from 64 × 64 down; five numbers end at 4 × 4.
    pub encoder: Vec<usize>,
    /// Channels at 4, 8, 16, 32 and 64 pixels; the last doubling, to 128, is a rearrangement of channels.
    pub decoder: Vec<usize>,
    /// Heads of the self-attention at 8 × 8; 0 for none.
    pub attention_heads: usize,
    /// Whether the decoder also says how far from the truth it expects each pixel to be.
    #[serde(default)]
    pub deviation: bool,
}

/// The thesis' autoencoder of the 128 × 128 picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoubleConvolution {
    /// Channels of each level, from 128 × 128 down; a maximum pooling by two lies between two levels. The last
    /// level's channels are the latent.
    pub encoder: Vec<usize>,
    /// Channels after each doubling from 1 × 1 up; the last doubling reaches 128 × 128, so seven numbers.
    pub decoder: Vec<usize>,
}
