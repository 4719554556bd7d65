//! Electrodes exchanged, leads inverted, the heart mirrored.

use ecg2mri::Ecg;
use ecg2mri::ecg::Lead;
use ecg2mri::signal::quality::{Arrangement, LimbElectrode, Reason};

use super::{CHEST, Fault, changed, place};

/// All of them.
pub fn faults() -> Vec<Fault> {
    [limbs(), chest()].into_iter().flatten().collect()
}

/// The potentials at the electrodes, against that of the right arm.
struct Electrodes {
    /// Right arm, left arm, left leg, right leg.
    limbs: [Vec<f32>; 4],
    chest: [Vec<f32>; 6],
}

impl Electrodes {
    /// The right leg is taken to have 98 % of the left one's potential against the mean of the limbs.
    fn of(rows: &[Vec<f32>]) -> Electrodes {
        let (first, second) = (&rows[place(Lead::I)], &rows[place(Lead::II)]);
        let central: Vec<f32> = first
            .iter()
            .zip(second)
            .map(|(one, two)| (one + two) / 3.0)
            .collect();
        let sum = |row: &Vec<f32>| {
            row.iter()
                .zip(&central)
                .map(|(own, central)| own + central)
                .collect()
        };
        let right_leg = second
            .iter()
            .zip(&central)
            .map(|(own, mean)| 0.98 * own + 0.02 * mean);
        Electrodes {
            limbs: [
                vec![0.0; first.len()],
                first.clone(),
                second.clone(),
                right_leg.collect(),
            ],
            chest: std::array::from_fn(|n| sum(&rows[CHEST.start + n])),
        }
    }

    /// The twelve leads that a recorder makes of them.
    fn record(&self) -> Vec<Vec<f32>> {
        let [right_arm, left_arm, left_leg, _] = &self.limbs;
        let minus = |one: &[f32], other: &[f32]| -> Vec<f32> {
            one.iter()
                .zip(other)
                .map(|(one, other)| one - other)
                .collect()
        };
        let mean = |electrodes: &[&Vec<f32>]| -> Vec<f32> {
            (0..right_arm.len())
                .map(|n| electrodes.iter().map(|row| row[n]).sum::<f32>() / electrodes.len() as f32)
                .collect()
        };
        let mut rows = vec![
            minus(left_arm, right_arm),
            minus(left_leg, right_arm),
            minus(left_leg, left_arm),
            minus(right_arm, &mean(&[left_arm, left_leg])),
            minus(left_arm, &mean(&[right_arm, left_leg])),
            minus(left_leg, &mean(&[right_arm, left_arm])),
        ];
        let central = mean(&[right_arm, left_arm, left_leg]);
        rows.extend(self.chest.iter().map(|row| minus(row, &central)));
        rows
    }
}

fn at_electrodes(change: impl Fn(&mut Electrodes) + 'static) -> impl Fn(&Ecg, u64) -> Ecg {
    move |ecg, _seed| {
        changed(ecg, |rows| {
            let mut electrodes = Electrodes::of(rows);
            change(&mut electrodes);
            *rows = electrodes.record();
        })
    }
}

fn is(reason: &Reason, wanted: impl Fn(Arrangement) -> bool) -> bool {
    matches!(reason, Reason::Arrangement { suspected, .. } if wanted(*suspected))
}

const RA: usize = 0;
const LA: usize = 1;
const LL: usize = 2;
const RL: usize = 3;

fn limbs() -> Vec<Fault> {
    let exchange = |one: usize, other: usize| {
        at_electrodes(move |electrodes| electrodes.limbs.swap(one, other))
    };
    let any = |reason: &Reason| is(reason, |_| true) || is_neutral(reason);
    let rotated = |back: bool| {
        at_electrodes(move |electrodes| {
            if back {
                electrodes.limbs[..3].rotate_right(1);
            } else {
                electrodes.limbs[..3].rotate_left(1);
            }
        })
    };
    let both = at_electrodes(|electrodes| {
        electrodes.limbs.swap(RA, RL);
        electrodes.limbs.swap(LA, LL);
    });
    vec![
        Fault::new("RA and LA exchanged", exchange(RA, LA), any),
        Fault::new("RA and LL exchanged", exchange(RA, LL), any),
        Fault::new("LA and LL exchanged", exchange(LA, LL), any),
        Fault::new("RA and RL exchanged", exchange(RA, RL), |reason| {
            matches!(
                reason,
                Reason::NeutralExchanged {
                    arm: LimbElectrode::RightArm
                }
            )
        }),
        Fault::new("LA and RL exchanged", exchange(LA, RL), |reason| {
            matches!(
                reason,
                Reason::NeutralExchanged {
                    arm: LimbElectrode::LeftArm
                }
            )
        }),
        Fault::new(
            "LL and RL exchanged (harmless)",
            exchange(LL, RL),
            is_neutral,
        ),
        Fault::new("RA and RL, LA and LL exchanged", both, |reason| {
            matches!(reason, Reason::ArmsAndLegsExchanged)
        }),
        Fault::new("RA, LA, LL moved round", rotated(false), any),
        Fault::new("RA, LA, LL moved round back", rotated(true), any),
    ]
}

/// Mirrors the heart from left to right: by the inverse Dower matrix (Edenbrandt & Pahlm, J Electrocardiol
/// 1988;21:361) to its dipole's component to the left, and back by the Dower matrix.
fn mirror(rows: &mut Vec<Vec<f32>>) {
    let independent = Lead::INDEPENDENT.map(place);
    let to_left = [0.156, -0.010, -0.172, -0.074, 0.122, 0.231, 0.239, 0.194];
    let from_left = [0.632, 0.235, -0.515, 0.044, 0.882, 1.213, 1.125, 0.831];
    for n in 0..rows[0].len() {
        let left: f32 = independent
            .iter()
            .zip(to_left)
            .map(|(&lead, share)| share * rows[lead][n])
            .sum();
        for (&lead, size) in independent.iter().zip(from_left) {
            rows[lead][n] -= 2.0 * size * left;
        }
    }
    *rows = Electrodes::of(rows).record();
}

fn is_neutral(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::NeutralExchanged { .. } | Reason::ArmsAndLegsExchanged
    )
}

fn chest() -> Vec<Fault> {
    let mut faults = Vec::new();
    for one in 0..6 {
        for other in one + 1..6 {
            faults.push(Fault::new(
                format!("V{} and V{} exchanged", one + 1, other + 1),
                at_electrodes(move |electrodes| electrodes.chest.swap(one, other)),
                |reason| is(reason, |_| true),
            ));
        }
    }
    faults.push(Fault::new(
        "V1 to V6 in reversed order",
        at_electrodes(|electrodes| electrodes.chest.reverse()),
        |reason| is(reason, |_| true),
    ));
    for lead in CHEST {
        faults.push(Fault::new(
            format!("V{} inverted", lead - 5),
            move |ecg: &Ecg, _seed| {
                changed(ecg, |rows| {
                    rows[lead].iter_mut().for_each(|value| *value = -*value)
                })
            },
            |reason| is(reason, |_| true),
        ));
    }
    faults.push(Fault::new(
        "dextrocardia (the dipole mirrored)",
        |ecg: &Ecg, _seed| changed(ecg, mirror),
        |reason| is(reason, |_| true),
    ));
    faults.push(Fault::new(
        "RA and LA exchanged, V1 to V6 reversed",
        at_electrodes(|electrodes| {
            electrodes.limbs.swap(RA, LA);
            electrodes.chest.reverse();
        }),
        |reason| is(reason, |_| true),
    ));
    faults
}
