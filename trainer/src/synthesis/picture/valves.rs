//! The plane of the valves in the four-chamber picture: the leaflets of mitral and tricuspid valve,
//! closed in systole and open while the ventricles fill, and the coronary arteries in the groove
//! outside their hinges.

use std::f64::consts::PI;

use super::scene::{BASE_TILT, Scene};
use super::stamp::Rod;
use crate::synthesis::mechanics::Phase;

/// The valves still show closed this long after end-systole, and take as long to open, ms.
const CLOSED_AFTER_MS: f64 = 60.0;
const OPENING_MS: f64 = 50.0;
/// They close over the last part of the cycle, ms.
const CLOSING_MS: f64 = 60.0;
/// Opening in mid-diastole, when little flows, relative to the fullest.
const DRIFTING: f64 = 0.6;
/// Length of the anterior and posterior mitral and of the tricuspid leaflets, mm.
const ANTERIOR_MM: f32 = 22.0;
const POSTERIOR_MM: f32 = 13.0;
const TRICUSPID_MM: f32 = 17.0;
/// Half the thickness of a leaflet, mm, and its signal relative to myocardium.
const HALF_THICKNESS_MM: f32 = 0.9;
const SIGNAL: f32 = 1.1;
/// How much of the slice's depth a leaflet fills.
const SHARE: f32 = 0.6;
/// The tricuspid annulus lies nearer to the apex than the mitral, mm.
const TRICUSPID_LOWER_MM: f32 = 4.0;

/// Radius of the coronary arteries, their distance outside the wall, and how much of the slice's
/// depth one fills.
const CORONARY_MM: f32 = 1.7;
const CORONARY_OUTSIDE_MM: f32 = 3.5;
const CORONARY_SHARE: f32 = 0.8;

/// A leaflet: its hinge and where its tip is when closed, as (distance from the long axis
/// towards the RV, height over the mitral plane), mm, and its length.
struct Leaflet {
    hinge: [f32; 2],
    closed: [f32; 2],
    length: f32,
}

/// How far the valves are open in a frame, 0..1.
fn opening(scene: &Scene<'_>, phase: &Phase) -> f64 {
    let motion = &scene.heart.motion;
    let closed_until = motion.phases[motion.end_systole].time_ms + CLOSED_AFTER_MS;
    let rr = scene.heart.subject.rr_ms();
    let smooth = |x: f64| 0.5 - 0.5 * (PI * x.clamp(0.0, 1.0)).cos();
    let opens = smooth((phase.time_ms - closed_until) / OPENING_MS);
    let closes = smooth((rr - phase.time_ms) / CLOSING_MS);
    let drift = smooth((phase.time_ms - closed_until - 180.0) / 120.0)
        * smooth((rr - 160.0 - phase.time_ms) / 60.0);
    opens * closes * (1.0 - (1.0 - DRIFTING) * drift)
}

/// Leaflets and coronary arteries of a frame as rods.
pub fn valve_plane(scene: &Scene<'_>, frame: usize) -> Vec<Rod> {
    let heart = scene.heart;
    let phase = &heart.motion.phases[frame];
    let open = opening(scene, phase) as f32;
    // The plane's direction away from the long axis, towards the RV.
    let [u, v] = [scene.grid.normal[1], -scene.grid.normal[0]];
    let (u, v) = if u < 0.0 { (-u, -v) } else { (u, v) };
    let angle = f64::from(v).atan2(f64::from(u));
    let just_below = phase.base - 2.0;
    let radius = |angle: f64| {
        let (inner, outer) = heart.motion.wall.contour(phase, angle, just_below);
        (inner as f32, outer as f32)
    };
    let (septal, septal_outer) = radius(angle);
    let (lateral, lateral_outer) = radius(angle + PI);
    let front = heart.ventricles.right.centre_u as f32 + 0.97 * phase.rv_front_radius as f32;
    let meeting = 0.25 * septal - 0.45 * lateral;
    let tricuspid_meeting = 0.45 * septal_outer + 0.55 * front;
    let low = -TRICUSPID_LOWER_MM;
    let all = [
        Leaflet {
            hinge: [septal, 0.0],
            closed: [meeting, -6.0],
            length: ANTERIOR_MM,
        },
        Leaflet {
            hinge: [-lateral, 0.0],
            closed: [meeting, -6.0],
            length: POSTERIOR_MM,
        },
        Leaflet {
            hinge: [septal_outer + 1.0, low],
            closed: [tricuspid_meeting, low - 5.0],
            length: TRICUSPID_MM,
        },
        Leaflet {
            hinge: [front, low],
            closed: [tricuspid_meeting, low - 5.0],
            length: TRICUSPID_MM,
        },
    ];
    let place = |[across, up]: [f32; 2]| {
        let tilt = BASE_TILT * across * v;
        let point = [across * u, across * v, phase.base as f32 + up + tilt];
        scene.grid.position(point).0
    };
    let signal = SIGNAL * heart.subject.imaging.scanner.myocardium as f32;
    let mut rods = Vec::with_capacity(2 * all.len());
    for leaflet in all {
        let shut = [
            leaflet.closed[0] - leaflet.hinge[0],
            leaflet.closed[1] - leaflet.hinge[1],
        ];
        // Open, it hangs down from its hinge and a little inwards.
        let hanging = [0.22 * leaflet.length * shut[0].signum(), -leaflet.length];
        let tip: [f32; 2] =
            std::array::from_fn(|k| leaflet.hinge[k] + (1.0 - open) * shut[k] + open * hanging[k]);
        // A closed leaflet bulges towards the atrium, an open one towards the wall.
        let middle = [
            0.5 * (leaflet.hinge[0] + tip[0]) - open * 2.5 * shut[0].signum(),
            0.5 * (leaflet.hinge[1] + tip[1]) + (1.0 - open) * 0.5,
        ];
        for (from, to) in [(leaflet.hinge, middle), (middle, tip)] {
            rods.push(Rod {
                from: place(from),
                to: place(to),
                radius: HALF_THICKNESS_MM,
                share: SHARE,
                signal,
            });
        }
    }
    for across in [
        front + CORONARY_OUTSIDE_MM + 2.0,
        -lateral_outer - CORONARY_OUTSIDE_MM,
    ] {
        let at = place([across, 1.0]);
        rods.push(Rod {
            from: at,
            to: at,
            radius: CORONARY_MM,
            share: CORONARY_SHARE,
            signal: 1.0,
        });
    }
    rods
}
