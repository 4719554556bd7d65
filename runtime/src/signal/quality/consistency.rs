//! Do the limb leads agree with one another, and is every lead a signal of its own?
//!
//! All six are differences of three electrodes, so that two of them make the other four (Einthoven:
//! I + III = II; Goldberger). Where a file holds more than two, an inverted lead, a wrong gain or a
//! wrong name shows in the contradiction.

use super::Reason;
use super::strip::Strip;
use crate::ecg::{Ecg, Lead};
use crate::signal::filter::{Band, at_working_rate};
use crate::signal::{dot::dot, milliseconds};

/// Leads I and II make each limb lead: lead = a·I + b·II.
const LIMB: [(Lead, [f64; 2]); 6] = [
    (Lead::I, [1.0, 0.0]),
    (Lead::II, [0.0, 1.0]),
    (Lead::III, [-1.0, 1.0]),
    (Lead::AVR, [-0.5, -0.5]),
    (Lead::AVL, [1.0, -0.5]),
    (Lead::AVF, [-0.5, 1.0]),
];
/// Contradictions are looked at where recorders' filters and rounding leave the signal alone.
const LOW_PASS_HZ: f64 = 40.0;
const PADDING: usize = milliseconds(100);
/// Some recorders' leads contradict one another by 0.05 mV (LUDB's do). A lead is at fault where the others
/// alone leave less than this share of the contradiction …
const EXPLAINED: f64 = 0.7;
/// … and it is larger than they make it by more than this factor, or smaller, or upside down.
const MOST_UNLIKE: f64 = 3.0;
/// Where no single lead is at fault, a contradiction counts above this share of the leads' size.
const MOST_SHARE: f64 = 0.5;
/// Chest leads that differ by less than this share of their size are one signal.
const SAME_SHARE: f64 = 0.02;

/// What the leads that `recorded` holds say against one another; `strip` is the same recording.
/// Where leads were `scaled_alone` they cannot but contradict one another, save in sign.
pub(super) fn reasons(strip: &Strip, recorded: &Ecg, scaled_alone: bool) -> Vec<Reason> {
    let limb = LimbLeads::new(strip, recorded);
    let contradiction = limb.and_then(|limb| limb.contradiction());
    let inverted = |reason: &Reason| matches!(reason, Reason::InvertedLead { .. });
    let mut reasons = Vec::new();
    reasons.extend(contradiction.filter(|reason| !scaled_alone || inverted(reason)));
    reasons.extend(same_signal(strip));
    reasons
}

/// The limb leads of the file.
struct LimbLeads {
    leads: Vec<(Lead, [f64; 2])>,
    rows: Vec<Vec<f64>>,
}

impl LimbLeads {
    /// `None` where fewer than three are recorded, which cannot contradict one another.
    fn new(strip: &Strip, recorded: &Ecg) -> Option<LimbLeads> {
        let low_pass = at_working_rate(
            2,
            Band::LowPass {
                cutoff_hz: LOW_PASS_HZ,
            },
        );
        let leads: Vec<_> = LIMB
            .into_iter()
            .filter(|(lead, _)| recorded.leads().contains(lead))
            .collect();
        let rows: Option<Vec<Vec<f64>>> = leads
            .iter()
            .map(|(lead, _)| Some(low_pass.zero_phase(strip.row(&strip.level, *lead)?, PADDING)))
            .collect();
        let rows = rows?;
        (leads.len() >= 3).then_some(LimbLeads { leads, rows })
    }

    /// The lead that does not fit the others, if there is one, or that none fit.
    fn contradiction(&self) -> Option<Reason> {
        let all = vec![1.0; self.leads.len()];
        let millivolts = self.residual(&all);
        let (odd, factor, left) = if self.leads.len() > 3 {
            self.odd_one_out(&all)?
        } else {
            self.inverted_of_three(&all)?
        };
        let at_fault = left < EXPLAINED * millivolts;
        let lead = self.leads[odd].0;
        if at_fault && factor < 0.0 {
            return Some(Reason::InvertedLead { lead });
        }
        let wrong_gain = at_fault && !(1.0 / MOST_UNLIKE..=MOST_UNLIKE).contains(&factor);
        let grave = millivolts > MOST_SHARE * self.size();
        (wrong_gain || grave).then_some(Reason::LimbLeadsDisagree {
            lead: at_fault.then_some(lead),
            millivolts,
        })
    }

    /// The lead without which the others agree best: its row, how many times larger it is than they make
    /// it, and the contradiction that is left without it.
    fn odd_one_out(&self, all: &[f64]) -> Option<(usize, f64, f64)> {
        let without = |lead: usize| {
            let mut factors = all.to_vec();
            factors[lead] = 0.0;
            (lead, factors)
        };
        let (odd, factors, left) = (0..all.len())
            .map(without)
            .map(|(lead, factors)| {
                let left = self.residual(&factors);
                (lead, factors, left)
            })
            .min_by(|(.., one), (.., other)| one.total_cmp(other))?;
        let (first, second) = self.solved(&factors)?;
        let [a, b] = self.leads[odd].1;
        let expected: Vec<f64> = first
            .iter()
            .zip(&second)
            .map(|(x, y)| a * x + b * y)
            .collect();
        let factor =
            dot(&self.rows[odd], &expected) / dot(&expected, &expected).max(f64::MIN_POSITIVE);
        Some((odd, factor, left))
    }

    /// Three leads always agree once one is left out, but only the right one does upside down.
    fn inverted_of_three(&self, all: &[f64]) -> Option<(usize, f64, f64)> {
        let inverted = |lead: usize| {
            let mut factors = all.to_vec();
            factors[lead] = -1.0;
            (lead, -1.0, self.residual(&factors))
        };
        let each = (0..all.len()).map(inverted);
        each.min_by(|(.., one), (.., other)| one.total_cmp(other))
    }

    /// Root mean square of all leads.
    fn size(&self) -> f64 {
        let sum: f64 = self.rows.iter().map(|row| dot(row, row)).sum();
        (sum / self.samples()).sqrt()
    }

    fn samples(&self) -> f64 {
        let length = self.rows.first().map_or(0, Vec::len);
        (length * self.rows.len()).max(1) as f64
    }

    /// Root mean square in millivolts of what no leads I and II explain, once each lead is multiplied by
    /// its factor; a factor of 0 leaves the lead out.
    fn residual(&self, factors: &[f64]) -> f64 {
        let Some((first, second)) = self.solved(factors) else {
            return f64::INFINITY;
        };
        let mut sum = 0.0;
        for ((row, (_, [a, b])), factor) in self.rows.iter().zip(&self.leads).zip(factors) {
            if *factor != 0.0 {
                let expected = first.iter().zip(&second).map(|(x, y)| a * x + b * y);
                let errors = row
                    .iter()
                    .zip(expected)
                    .map(|(own, it)| (factor * own - it).powi(2));
                sum += errors.sum::<f64>();
            }
        }
        (sum / self.samples()).sqrt()
    }

    /// Leads I and II by least squares from all leads times their factors, leaving out those of factor
    /// 0; `None` where the rest is not enough.
    fn solved(&self, factors: &[f64]) -> Option<(Vec<f64>, Vec<f64>)> {
        let used = || {
            let all = self.rows.iter().zip(&self.leads).zip(factors);
            all.filter(|(_, factor)| **factor != 0.0)
        };
        let mut normal = [0.0; 3];
        for ((_, (_, [a, b])), _) in used() {
            normal[0] += a * a;
            normal[1] += a * b;
            normal[2] += b * b;
        }
        let [aa, ab, bb] = normal;
        let determinant = aa * bb - ab * ab;
        if determinant < 1e-9 {
            return None;
        }
        let length = self.rows.first().map_or(0, Vec::len);
        let (mut first, mut second) = (vec![0.0; length], vec![0.0; length]);
        for ((row, (_, [a, b])), factor) in used() {
            let to_first = factor * (bb * a - ab * b) / determinant;
            let to_second = factor * (aa * b - ab * a) / determinant;
            for ((value, x), y) in row.iter().zip(&mut first).zip(&mut second) {
                *x += to_first * value;
                *y += to_second * value;
            }
        }
        Some((first, second))
    }
}

/// Neighbouring chest leads that hold one signal.
fn same_signal(strip: &Strip) -> Option<Reason> {
    let chest = &Lead::STANDARD[6..];
    chest.windows(2).find_map(|pair| {
        let &[one, other] = pair else { return None };
        let (first, second) = (
            strip.row(&strip.level, one)?,
            strip.row(&strip.level, other)?,
        );
        let difference: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
        let share = dot(&difference, &difference) / dot(first, first).max(f64::MIN_POSITIVE);
        (dot(first, first) > 0.0 && share.sqrt() < SAME_SHARE)
            .then_some(Reason::SameSignal { one, other })
    })
}
