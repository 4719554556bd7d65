//! Section 4: where the beats lie, from which the reference beat was subtracted, and the zones around
//! their QRS complexes in which no sample was left out.

use std::ops::RangeInclusive;

use super::record::section_error;
use crate::formats::ReadErrorKind;
use crate::formats::bytes::Bytes;

/// The content of section 4; sample numbers count from 1.
pub(super) struct Beats {
    /// Length of the reference beat in milliseconds.
    pub(super) reference_ms: u16,
    /// Sample of the reference beat that is its fiducial point.
    pub(super) reference_fiducial: u16,
    /// Beats that the reference beat was subtracted from, in order and apart from one another.
    pub(super) subtracted: Vec<Subtracted>,
    /// Zones of full sampling rate, in order and apart from one another.
    pub(super) protected: Vec<RangeInclusive<u32>>,
}

/// One beat of the reference beat's kind.
pub(super) struct Subtracted {
    /// Samples that the reference beat was subtracted from.
    pub(super) zone: RangeInclusive<u32>,
    /// Sample of its fiducial point.
    pub(super) fiducial: u32,
}

/// The kind of beat that the reference beat stands for.
const REFERENCE_KIND: u16 = 0;

pub(super) fn read(section: &[u8]) -> Result<Beats, ReadErrorKind> {
    let wrong = |problem: &str| section_error(4, problem);
    let mut bytes = Bytes::new(section);
    let (Some(reference_ms), Some(reference_fiducial), Some(count)) =
        (bytes.u16(), bytes.u16(), bytes.u16())
    else {
        return Err(wrong("is too short"));
    };
    let mut subtracted = Vec::new();
    for _ in 0..count {
        let (Some(kind), Some(start), Some(fiducial), Some(end)) =
            (bytes.u16(), bytes.u32(), bytes.u32(), bytes.u32())
        else {
            return Err(wrong("is too short for its beats"));
        };
        if kind == REFERENCE_KIND && (1..=end).contains(&start) {
            subtracted.push(Subtracted {
                zone: start..=end,
                fiducial,
            });
        }
    }
    let mut protected = Vec::new();
    for _ in 0..count {
        // Recorders that thin nothing out leave these away.
        let (Some(start), Some(end)) = (bytes.u32(), bytes.u32()) else {
            break;
        };
        if (1..=end).contains(&start) {
            protected.push(start..=end);
        }
    }
    if !apart(subtracted.iter().map(|beat| &beat.zone)) || !apart(protected.iter()) {
        return Err(wrong("has zones out of order or one over the other"));
    }
    Ok(Beats {
        reference_ms,
        reference_fiducial,
        subtracted,
        protected,
    })
}

fn apart<'a>(zones: impl Iterator<Item = &'a RangeInclusive<u32>>) -> bool {
    let mut last_end = 0;
    for zone in zones {
        if *zone.start() <= last_end {
            return false;
        }
        last_end = *zone.end();
    }
    true
}
