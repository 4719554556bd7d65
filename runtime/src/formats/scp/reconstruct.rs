//! The lead as it was before it was thinned out and the reference beat subtracted (EN 1064, Annex C).
//!
//! Outside the protected zones only the mean of every `factor` samples is stored, the few samples left
//! over before the next zone as they are. The decoder puts the first value down for half a group, goes
//! on in straight lines, one group long each, and ends with the last value for half a group; then it
//! takes the mean of three neighbours, outside the protected zones and within pieces whose ends are
//! kept, since the residual jumps where the subtraction of a beat begins and ends. No value is rounded.

use std::ops::{Range, RangeInclusive};

use super::beats::Subtracted;
use super::lead_definition::LeadDefinition;

/// Samples of a lead, counted from 0 at its own beginning, that were or were not thinned out.
struct Piece {
    range: Range<usize>,
    protected: bool,
}

/// How many samples are stored of a lead that was thinned out.
pub(super) fn stored_samples(
    lead: &LeadDefinition,
    protected: &[RangeInclusive<u32>],
    factor: usize,
) -> usize {
    pieces(lead, protected)
        .map(|piece| match piece.protected {
            true => piece.range.len(),
            false => piece.range.len() / factor + piece.range.len() % factor,
        })
        .sum()
}

/// The lead at its full rate, from the samples stored of it.
pub(super) fn filled_in(
    stored: &[i16],
    lead: &LeadDefinition,
    protected: &[RangeInclusive<u32>],
    factor: usize,
) -> Vec<f32> {
    let mut rest = stored;
    let mut samples = Vec::with_capacity(stored.len().max(lead.samples()));
    for piece in pieces(lead, protected) {
        let length = piece.range.len();
        let groups = if piece.protected { 0 } else { length / factor };
        let (means, behind) = rest.split_at(groups.min(rest.len()));
        let (kept, behind) = behind.split_at((length - groups * factor).min(behind.len()));
        rest = behind;
        if let (Some(&first), Some(&last)) = (means.first(), means.last()) {
            let half = factor / 2;
            samples.extend(std::iter::repeat_n(f32::from(first), half));
            for (&from, &to) in means.iter().zip(&means[1..]) {
                let (from, to) = (f32::from(from), f32::from(to));
                let step = (to - from) / factor as f32;
                samples.extend((0..factor).map(|n| from + step * n as f32));
            }
            samples.extend(std::iter::repeat_n(f32::from(last), factor - half));
        }
        samples.extend(kept.iter().copied().map(f32::from));
    }
    samples
}

/// The mean of three neighbours outside the protected zones.
pub(super) fn smooth(
    samples: &mut [f32],
    lead: &LeadDefinition,
    protected: &[RangeInclusive<u32>],
    subtracted: &[Subtracted],
) {
    let before = samples.to_vec();
    let cuts: Vec<usize> = subtracted
        .iter()
        .flat_map(|beat| {
            [
                u64::from(*beat.zone.start()),
                u64::from(*beat.zone.end()) + 1,
            ]
        })
        .map(|sample| sample.saturating_sub(u64::from(lead.start)) as usize)
        .collect();
    for piece in pieces(lead, protected).filter(|piece| !piece.protected) {
        // The nearest sample of the protected zones beside it is an end that is kept.
        let mut start = piece.range.start.saturating_sub(1);
        let end = (piece.range.end + 1).min(before.len());
        let inside = cuts.partition_point(|&cut| cut <= start);
        let cuts_inside = cuts[inside..].iter().copied();
        for cut in cuts_inside.take_while(|&cut| cut < end).chain([end]) {
            for n in start + 1..cut.saturating_sub(1) {
                samples[n] = (before[n - 1] + before[n] + before[n + 1]) / 3.0;
            }
            start = cut;
        }
    }
}

/// Adds the reference beat, with its fiducial point (counted from 1) on that of each beat.
pub(super) fn add_beats(
    samples: &mut [f32],
    lead: &LeadDefinition,
    subtracted: &[Subtracted],
    reference: &[f32],
    reference_fiducial: u16,
) {
    for beat in subtracted {
        let first = (*beat.zone.start()).max(lead.start);
        let last = (*beat.zone.end()).min(lead.end);
        for sample in first..=last {
            let from_fiducial = i64::from(sample) - i64::from(beat.fiducial);
            let place = usize::try_from(i64::from(reference_fiducial) - 1 + from_fiducial).ok();
            let value = place.and_then(|place| reference.get(place));
            let target = samples.get_mut((sample - lead.start) as usize);
            if let (Some(value), Some(target)) = (value, target) {
                *target += value;
            }
        }
    }
}

/// The lead cut at the borders of the protected zones.
fn pieces(lead: &LeadDefinition, protected: &[RangeInclusive<u32>]) -> impl Iterator<Item = Piece> {
    let (start, samples) = (lead.start, lead.samples());
    let inside = |sample: u64| (sample.saturating_sub(u64::from(start)) as usize).min(samples);
    let mut borders = Vec::with_capacity(2 * protected.len() + 2);
    borders.push(0);
    for zone in protected {
        borders.push(inside(u64::from(*zone.start())));
        borders.push(inside(u64::from(*zone.end()) + 1));
    }
    borders.push(samples);
    (1..borders.len())
        .map(move |n| Piece {
            range: borders[n - 1]..borders[n],
            protected: n % 2 == 0,
        })
        .filter(|piece| !piece.range.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAD: LeadDefinition = LeadDefinition {
        code: 1,
        start: 1,
        end: 20,
    };

    #[test]
    fn thinned_samples_are_filled_in() {
        // Samples 1 to 10 are two groups of four and two left over, 11 to 13 are protected,
        // 14 to 20 are one group and three left over.
        let protected = [11..=13];
        assert_eq!(stored_samples(&LEAD, &protected, 4), 2 + 2 + 3 + 1 + 3);
        let stored = [0, 8, 90, 91, 50, 51, 52, 7, 61, 62, 63];
        let expected = [
            0.0, 0.0, 0.0, 2.0, 4.0, 6.0, 8.0, 8.0, 90.0, 91.0, 50.0, 51.0, 52.0, 7.0, 7.0, 7.0,
            7.0, 61.0, 62.0, 63.0,
        ];
        assert_eq!(filled_in(&stored, &LEAD, &protected, 4), expected);
        assert_eq!(stored_samples(&LEAD, &[], 1), 20);
        // A zone that reaches over an end of the lead is cut.
        let late = LeadDefinition { start: 12, ..LEAD };
        assert_eq!(stored_samples(&late, &protected, 4), 2 + 1 + 3);
    }

    #[test]
    fn the_mean_of_three_keeps_the_ends_of_pieces() {
        let protected = [5..=7];
        // A beat subtracted from 3 to 12: pieces 1-2, 3-5, 7-12, 13-20.
        let subtracted = [Subtracted {
            zone: 3..=12,
            fiducial: 6,
        }];
        let mut samples: Vec<f32> = (1..=20).map(|n| (n * n) as f32).collect();
        let before = samples.clone();
        smooth(&mut samples, &LEAD, &protected, &subtracted);
        for n in 1..=20usize {
            let kept = [1, 2, 3, 5, 6, 7, 12, 13, 20].contains(&n);
            // The mean of the squares of three neighbours is 2/3 more than the square.
            let added = if kept { 0.0 } else { 2.0 / 3.0 };
            let difference = samples[n - 1] - before[n - 1];
            assert!((difference - added).abs() < 1e-4, "{n}: {difference}");
        }
    }

    #[test]
    fn beats_are_added_at_their_fiducial_points() {
        let subtracted = [
            Subtracted {
                zone: 2..=4,
                fiducial: 3,
            },
            Subtracted {
                zone: 19..=30,
                fiducial: 20,
            },
        ];
        let mut samples = vec![0.0; 20];
        add_beats(&mut samples, &LEAD, &subtracted, &[1.0, 2.0, 3.0], 2);
        let mut expected = vec![0.0; 20];
        expected[1..4].copy_from_slice(&[1.0, 2.0, 3.0]);
        expected[18..].copy_from_slice(&[1.0, 2.0]);
        assert_eq!(samples, expected);
    }
}
