//! The changes that a picture is shown with in training.
//!
//! The segmenter sees simulated hearts only and is to serve on scanners' pictures and on those that a network made, which
//! are blurred. So each picture is seen turned, zoomed, shifted and warped ([`geometry`]), and under other coils,
//! contrasts, sharpness and noise ([`grey`]).

pub mod geometry;
pub mod grey;

use rand_chacha::ChaCha8Rng;

/// One picture with its labels as the network shall see them this time, each (128, 128): grey 0..1, and whole numbers.
///
/// `picture` and `labels` are (128, 128).
pub fn augmented(picture: &[u8], labels: &[u8], random: &mut ChaCha8Rng) -> (Vec<f32>, Vec<f32>) {
    let warp = geometry::Warp::draw(random);
    let (mut grey, labels) = warp.apply(picture, labels);
    grey::change(&mut grey, random);
    (grey, labels)
}
