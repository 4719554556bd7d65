//! Why there is no map.

use thiserror::Error;

/// Why a map could not be made.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum MapError {
    /// Too few points to be near or far.
    #[error("a map needs at least {needed} points, here are {points}: evaluate a larger split")]
    TooFewPoints {
        /// Points there are.
        points: usize,
        /// Points needed.
        needed: usize,
    },
    /// Numbers that make no whole latents, or not one for each subject and modality.
    #[error(
        "{numbers} numbers do not make {points} latents of {length} numbers: give one latent for each subject"
    )]
    Shape {
        /// Numbers given.
        numbers: usize,
        /// Latents expected.
        points: usize,
        /// Numbers in a latent.
        length: usize,
    },
    /// A latent with a value that is no finite number.
    #[error(
        "latent {point} holds a value that is no finite number: the network has diverged, train it again"
    )]
    NotFinite {
        /// The latent's place, from 0.
        point: usize,
    },
    /// A subject that the table of subjects lacks.
    #[error(
        "the table of subjects has no row for subject {id}: give the table of the data set that the latents are of"
    )]
    UnknownSubject {
        /// Its id.
        id: String,
    },
    /// A subject with two rows.
    #[error(
        "the table of subjects has more than one row for subject {id}: prepare the data set again"
    )]
    TwoRows {
        /// Its id.
        id: String,
    },
    /// No thread could be started.
    #[error("no thread could be started for the map: {0}")]
    Thread(String),
}
