//! The nine electrodes of the 12-lead ECG on the simulated skin, and the eight independent leads.

use std::f64::consts::{FRAC_PI_2, TAU};

use super::subject::ElectrodePlacement;
use super::torso::{COLUMNS, ROWS, Torso};
#[cfg(test)]
use super::vector::Vec3;

/// Independent leads: I, II, V1–V6.
pub const LEADS: usize = 8;

/// The electrodes RA, LA, LL, V1–V6 as (angle from anterior towards the left in radians, height in mm).
pub fn positions(torso: &Torso, placement: &ElectrodePlacement) -> [[f64; 2]; 9] {
    let parasternal = (27.0 / torso.half_width_mm).clamp(-1.0, 1.0).asin();
    let below = -32.0 * torso.body_scale;
    let mut electrodes = [
        [-FRAC_PI_2 * 0.98, 0.62 * torso.top_mm],
        [FRAC_PI_2 * 0.98, 0.62 * torso.top_mm],
        [75f64.to_radians(), 0.88 * torso.bottom_mm],
        [-parasternal, 0.0],
        [parasternal, 0.0],
        [0.0, 0.0],
        [39f64.to_radians(), below],
        [62f64.to_radians(), below],
        [88f64.to_radians(), below],
    ];
    // V3 lies midway between V2 and V4.
    electrodes[5] = [0, 1].map(|k| 0.5 * (electrodes[4][k] + electrodes[6][k]));
    for chest in &mut electrodes[3..] {
        chest[0] += placement.strip_rotation;
        chest[1] += placement.strip_shift_mm;
    }
    for (electrode, jitter) in electrodes.iter_mut().zip(placement.jitter_mm) {
        electrode[0] += jitter[0] / torso.half_width_mm;
        electrode[1] += jitter[1];
    }
    electrodes
}

/// The electrodes on the skin, torso mm.
#[cfg(test)]
pub fn on_skin(torso: &Torso, placement: &ElectrodePlacement) -> [Vec3; 9] {
    positions(torso, placement).map(|[angle, z]| torso.skin(angle, z))
}

/// How much each face of the torso contributes to each lead: rows of `faces` weights, bilinear
/// between the centres of the side's faces; precordial leads against Wilson's terminal.
pub fn lead_weights(torso: &Torso, electrodes: &[[f64; 2]; 9], faces: usize) -> [Vec<f64>; LEADS] {
    let columns = Torso::column_centres();
    let rows = torso.row_centres();
    let potentials: Vec<Vec<f64>> = electrodes
        .iter()
        .map(|&[angle, z]| {
            let angle = (angle - columns[0]).rem_euclid(TAU) + columns[0];
            let left = columns.partition_point(|&c| c < angle).max(1) - 1;
            let right = (left + 1) % COLUMNS;
            let right_angle = columns[right] + if right == 0 { TAU } else { 0.0 };
            let across = (angle - columns[left]) / (right_angle - columns[left]);
            let upper = rows.partition_point(|&row| row > z).clamp(1, ROWS - 1) - 1;
            let down = ((rows[upper] - z) / (rows[upper] - rows[upper + 1])).clamp(0.0, 1.0);
            let mut weights = vec![0.0; faces];
            for (row, row_weight) in [(upper, 1.0 - down), (upper + 1, down)] {
                for (column, column_weight) in [(left, 1.0 - across), (right, across)] {
                    weights[row * COLUMNS + column] += row_weight * column_weight;
                }
            }
            weights
        })
        .collect();
    std::array::from_fn(|lead| {
        (0..faces)
            .map(|face| {
                let at = |electrode: usize| potentials[electrode][face];
                match lead {
                    0 => at(1) - at(0),
                    1 => at(2) - at(0),
                    chest => at(chest + 1) - (at(0) + at(1) + at(2)) / 3.0,
                }
            })
            .collect()
    })
}

/// The twelve standard leads from the eight independent ones, sample by sample:
/// III = II − I, aVR = −(I + II)/2, aVL = I − II/2, aVF = II − I/2.
pub fn twelve_leads(eight: [f64; LEADS]) -> [f64; 12] {
    let [i, ii, v1, v2, v3, v4, v5, v6] = eight;
    [
        i,
        ii,
        ii - i,
        -(i + ii) / 2.0,
        i - ii / 2.0,
        ii - i / 2.0,
        v1,
        v2,
        v3,
        v4,
        v5,
        v6,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::subject::Sex;

    #[test]
    fn lead_weights_sum_to_zero_and_reference_is_wilsons() {
        let torso = Torso::of_body(Sex::Female, 163.0, 25.0, 0.3, -0.4);
        let placement = ElectrodePlacement {
            strip_shift_mm: 12.0,
            strip_rotation: 0.05,
            jitter_mm: [[4.0, -3.0]; 9],
        };
        let weights = lead_weights(&torso, &positions(&torso, &placement), 420);
        for lead in &weights {
            assert!(lead.iter().sum::<f64>().abs() < 1e-12);
            assert!(lead.iter().any(|w| w.abs() > 0.1));
        }
    }

    #[test]
    fn limb_leads_obey_einthoven_and_goldberger() {
        let leads = twelve_leads([0.7, 1.1, 0., 0., 0., 0., 0., 0.]);
        assert_eq!(leads[2], leads[1] - leads[0]);
        assert!((leads[3] + leads[4] + leads[5]).abs() < 1e-12);
    }
}
