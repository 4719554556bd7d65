//! Which beats look alike, how they lie upon one another, and which come too early.

mod shape;

use shape::{Leads, MAX_LAG, Shape};

use super::quantile::median;
use crate::ecg::Lead;

/// Beats that correlate less with the template are ectopic, aberrant or noise.
const LEAST_CORRELATION: f64 = 0.85;
/// The pick of the first template compares at most this many beats with one another.
const MAX_CANDIDATES: usize = 32;
/// Refinements of the template.
const ROUNDS: usize = 2;
/// Beats of more kinds than this are noise, one unlike the other.
const MOST_CLASSES: usize = 8;
/// Shapes stay the same over so many beats.
pub(super) const MOST_IN_SHORT: usize = 40;
/// An interval below this share of the usual one makes a beat premature.
const PREMATURE: f64 = 0.8;

/// Beats that look alike.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BeatClass {
    /// In order of time.
    pub(super) members: Vec<Member>,
}

impl BeatClass {
    /// The mark in `nearby` at which `rows` fit the usual beat of the class best, and the correlation there.
    pub(super) fn best_fit(
        &self,
        rows: &[&[f64]],
        nearby: std::ops::Range<usize>,
    ) -> Option<(usize, f64)> {
        let length = rows.first()?.len();
        let references: Vec<isize> = self
            .members
            .iter()
            .map(|member| member.reference.round() as isize)
            .collect();
        let leads = Leads::new(rows);
        let template = Shape::median(&leads, &references);
        let complete = nearby.filter(|&mark| Shape::is_complete(mark as isize, length));
        complete
            .map(|mark| (mark, template.correlation(&leads, mark as isize)))
            .max_by(|one, other| one.1.total_cmp(&other.1))
    }
}

/// One beat of a class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Member {
    /// Number among the marks given.
    pub(super) beat: usize,
    /// The sample, with its fraction, that marks the same moment in all beats of the class.
    pub(super) reference: f64,
}

/// The eight independent leads among twelve rows in standard order, since the other four add nothing but
/// weight; of any other number of rows, all.
pub(super) fn independent_rows(rows: &[Vec<f64>]) -> Vec<&[f64]> {
    if rows.len() != Lead::STANDARD.len() {
        return rows.iter().map(Vec::as_slice).collect();
    }
    Lead::STANDARD
        .iter()
        .zip(rows)
        .filter(|(lead, _)| Lead::INDEPENDENT.contains(lead))
        .map(|(_, row)| row.as_slice())
        .collect()
}

/// The most frequent kind of beat at `marks` in `rows`; empty where no beat is complete.
pub(super) fn main_class(rows: &[&[f64]], marks: &[usize]) -> BeatClass {
    let length = rows.first().map_or(0, |row| row.len());
    let all: Vec<usize> = (0..marks.len())
        .filter(|&beat| Shape::is_complete(marks[beat] as isize, length))
        .collect();
    class_among(&Leads::new(rows), marks, &all)
}

/// All beats at `marks` in `rows` by kind: first the most frequent one, then those that are left.
///
/// A beat that is like no other is a class of its own. Beats cut off by the ends of the recording are in none.
pub(super) fn classes(rows: &[&[f64]], marks: &[usize]) -> Vec<BeatClass> {
    let length = rows.first().map_or(0, |row| row.len());
    let mut left: Vec<usize> = (0..marks.len())
        .filter(|&beat| Shape::is_complete(marks[beat] as isize, length))
        .collect();
    let leads = Leads::new(rows);
    let mut classes = Vec::new();
    while !left.is_empty() && classes.len() < MOST_CLASSES {
        let class = class_among(&leads, marks, &left);
        if class.members.is_empty() {
            break;
        }
        left.retain(|beat| class.members.iter().all(|member| member.beat != *beat));
        classes.push(class);
    }
    classes.extend(left.into_iter().map(|beat| {
        let reference = marks[beat] as f64;
        BeatClass {
            members: vec![Member { beat, reference }],
        }
    }));
    classes
}

/// As [`classes`] over independent leads, of a recording short enough for shapes not to change in it; none
/// of a longer one.
pub(super) fn classes_in_short(rows: &[Vec<f64>], marks: &[usize]) -> Vec<BeatClass> {
    if marks.len() > MOST_IN_SHORT {
        return Vec::new();
    }
    classes(&independent_rows(rows), marks)
}

/// Which beats come early, given the marks of all: their interval is much shorter than the usual one
/// of the beats around them.
pub(super) fn premature(marks: &[usize]) -> Vec<bool> {
    const AROUND: usize = 4;
    let intervals: Vec<f64> = marks
        .windows(2)
        .map(|pair| (pair[1] - pair[0]) as f64)
        .collect();
    (0..marks.len())
        .map(|beat| {
            let Some(own) = beat.checked_sub(1).and_then(|n| intervals.get(n)) else {
                return false;
            };
            let from = beat.saturating_sub(1 + AROUND);
            let to = (beat + AROUND).min(intervals.len());
            *own < PREMATURE * median(&intervals[from..to])
        })
        .collect()
}

/// The most frequent kind among the complete beats with the numbers `chosen`.
fn class_among(leads: &Leads, marks: &[usize], chosen: &[usize]) -> BeatClass {
    let complete: Vec<(usize, isize)> = chosen
        .iter()
        .map(|&beat| (beat, marks[beat] as isize))
        .collect();
    let mut members = Vec::new();
    let Some(first) = most_typical(leads, &complete) else {
        return BeatClass { members };
    };
    let mut template = Shape::cut(leads, first);
    for round in 0..=ROUNDS {
        members = complete
            .iter()
            .map(|&(beat, mark)| (beat, template.best_fit(leads, mark, MAX_LAG)))
            .filter(|(_, fit)| fit.correlation >= LEAST_CORRELATION)
            .map(|(beat, fit)| Member {
                beat,
                reference: fit.at,
            })
            .collect();
        if members.len() < 2 || round == ROUNDS {
            break;
        }
        let references: Vec<isize> = members
            .iter()
            .map(|member| member.reference.round() as isize)
            .collect();
        template = Shape::median(leads, &references);
    }
    BeatClass { members }
}

/// The mark of a beat of the kind that occurs most. Where two kinds are as frequent (bigeminy) it is the
/// one after the longer pause: ectopic beats come early.
fn most_typical(leads: &Leads, marks: &[(usize, isize)]) -> Option<isize> {
    // A run of neighbours: every second or third beat of a bigeminy or trigeminy would mislead.
    let first = marks.len().saturating_sub(MAX_CANDIDATES) / 2;
    let candidates = &marks[first..(first + MAX_CANDIDATES).min(marks.len())];
    let mut alike = vec![0_usize; candidates.len()];
    for (one, &(_, mark)) in candidates.iter().enumerate() {
        let shape = Shape::cut(leads, mark);
        for (other, &(_, mark)) in candidates.iter().enumerate().skip(one + 1) {
            if shape.rough_correlation(leads, mark) >= LEAST_CORRELATION {
                alike[one] += 1;
                alike[other] += 1;
            }
        }
    }
    let most = alike.iter().copied().max()?;
    let pause = |beat: usize| {
        beat.checked_sub(1)
            .map_or(0, |before| candidates[beat].1 - candidates[before].1)
    };
    let typical = (0..candidates.len())
        .filter(|&beat| alike[beat] + 1 >= most)
        .max_by_key(|&beat| pause(beat))?;
    Some(candidates[typical].1)
}

#[cfg(test)]
mod tests;
