//! The physics against the numpy prototype it was ported from (`tests/goldens/heart.py`).

use serde_json::Value;

use super::activation::Activation;
use super::electrodes::on_skin;
use super::fitted;
use super::geometry::Ventricles;
use super::lead_field::LeadField;
use super::mesh::Mesh;
use super::population::typical_subject;
use super::subject::*;
use super::vector::{Vec3, length, sub};
use super::*;

const GOLDENS: &str = include_str!("../../../tests/goldens/heart.json");

fn cases() -> Vec<(Value, Subject)> {
    let goldens: Value = serde_json::from_str(GOLDENS).expect("the golden file is JSON");
    let cases = goldens["cases"].as_array().expect("cases").clone();
    cases
        .into_iter()
        .map(|case| {
            let subject = subject(&case["parameters"]);
            (case, subject)
        })
        .collect()
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        other => vec![number(other)],
    }
}

fn point(value: &Value) -> Vec3 {
    numbers(value).try_into().expect("three coordinates")
}

/// A subject with the prototype's parameters.
fn subject(p: &Value) -> Subject {
    let get = |key: &str| number(&p[key]);
    let velocity = get("cv");
    let mut conditions = Vec::new();
    for (key, condition) in [
        ("LBBB", Condition::LeftBundleBranchBlock),
        ("RBBB", Condition::RightBundleBranchBlock),
    ] {
        if p[key].as_bool() == Some(true) {
            conditions.push(condition);
        }
    }
    let torso = &p["torso"];
    let jitter = numbers(&p["elec"]["jit"]);
    let tilt = numbers(&p["plan_tilt"]);
    Subject {
        seed: 0,
        index: 0,
        sex: if get("sex") == 1.0 {
            Sex::Male
        } else {
            Sex::Female
        },
        age_years: get("age"),
        height_cm: get("height"),
        weight_kg: get("weight"),
        bmi: get("BMI"),
        conditions,
        heart_rate_bpm: get("HR"),
        lvedv_ml: get("EDV"),
        lvef_percent: get("EF"),
        lvm_g: get("LVM"),
        lv_length_mm: get("L"),
        rvedv_ml: get("RVEDV"),
        rvef_percent: get("RVEF"),
        septal_bulge: 0.0,
        effusion_mm: 0.0,
        left_atrial_size: 1.0,
        scar: scar(&p["scar"]),
        scar_fraction: 0.0,
        fibrosis: 0.0,
        contractility: 0.0,
        torso: Torso {
            half_width_mm: number(&torso["a"]),
            half_depth_mm: number(&torso["b"]),
            bottom_mm: number(&torso["zlo"]),
            top_mm: number(&torso["zhi"]),
            body_scale: number(&torso["s"]),
        },
        electrodes: ElectrodePlacement {
            strip_shift_mm: number(&p["elec"]["dz"]),
            strip_rotation: number(&p["elec"]["dphi"]),
            jitter_mm: std::array::from_fn(|i| [jitter[2 * i], jitter[2 * i + 1]]),
        },
        frontal_axis_deg: get("ax_frontal"),
        transverse_axis_deg: get("ax_trans"),
        roll_deg: get("roll"),
        heart_centre_mm: point(&p["pos"]),
        conduction: Conduction {
            early_sites: p["roots"]
                .as_array()
                .expect("roots")
                .iter()
                .map(site)
                .collect(),
            transmural_velocity: get("vt") * velocity,
            tangential_velocity: get("vl") * velocity,
            lv_endocardial_velocity: get("v_endo_lv") * velocity,
            rv_endocardial_velocity: get("v_endo_rv") * velocity,
            basal_slowing: get("bs"),
        },
        repolarisation: Repolarisation {
            qtc_ms: get("QTc"),
            lv_transmural_ms: get("g_tm"),
            rv_transmural_ms: get("g_tm_rv"),
            apicobasal_ms: get("g_ab"),
            rv_difference_ms: get("g_rv"),
            septal_loss: get("sep_tm"),
            activation_slope: get("beta"),
            upstroke_ms: get("s_up"),
            slow_rate_per_ms: get("b1"),
            fast_rate_per_ms: get("b2"),
            source_gain: get("gain_e"),
            rv_source_gain: 1.0,
        },
        atria: Atria {
            pr_ms: get("PR"),
            p_duration_ms: get("Pdur"),
            amplitude: get("Pamp"),
            left_atrial_amplitude: get("LAamp"),
        },
        fibrillation: None,
        ectopy: None,
        alternans: 0.0,
        imaging: Imaging {
            heart_centre_mm: point(&p["pos_img"]),
            field_centre_mm: point(&p["fov"]),
            plan_tilt_deg: [tilt[0], tilt[1]],
            scar_hypokinesis: get("hyp"),
            septal_dyssynchrony: get("dys"),
            long_axis_shortening: get("mapse"),
            atrial_kick: get("kick"),
            papillary_size: get("pap"),
            trabeculation: 1.0,
            irregularity: 1.0,
            scanner: Scanner::TYPICAL,
        },
        noise_level: 0.0,
    }
}

fn site(root: &Value) -> EarlySite {
    EarlySite {
        surface: match root[0].as_str() {
            Some("L") => Surface::LeftEndocardium,
            Some("R") => Surface::RightFreeWall,
            _ => Surface::RightSeptum,
        },
        angle: number(&root[1]),
        height: number(&root[2]),
        onset_ms: number(&root[3]),
    }
}

fn scar(s: &Value) -> Option<Scar> {
    s.is_object().then(|| Scar {
        territory: match s["kind"].as_str() {
            Some("LAD") => Territory::Lad,
            Some("RCA") => Territory::Rca,
            _ => Territory::Lcx,
        },
        centre_angle: number(&s["th0"]),
        half_width: number(&s["hw"]),
        lowest: number(&s["wlo"]),
        highest: number(&s["whi"]),
        transmurality: number(&s["transm"]),
        silenced: 0.8,
        includes_apex: s["apex"].as_bool() == Some(true),
        thinning: number(&s["thin"]),
    })
}

/// Root-mean-square difference relative to the golden's root-mean-square.
fn relative_rms(ours: &[f64], golden: &[f64]) -> f64 {
    assert_eq!(ours.len(), golden.len());
    let off: f64 = ours.iter().zip(golden).map(|(a, b)| (a - b).powi(2)).sum();
    (off / golden.iter().map(|x| x * x).sum::<f64>()).sqrt()
}

fn largest_difference(ours: &[f64], golden: &[f64]) -> f64 {
    assert_eq!(ours.len(), golden.len());
    ours.iter()
        .zip(golden)
        .fold(0.0, |worst: f64, (a, b)| worst.max((a - b).abs()))
}

#[test]
fn geometry_and_mesh_are_the_prototypes() {
    for (case, subject) in cases() {
        let g = Ventricles::solve(&subject);
        let right = &g.right;
        for (key, ours) in [
            ("r", g.radius),
            ("c", g.semi_axis),
            ("wb", g.base),
            ("t", g.wall),
            ("ta", g.apical_wall),
            ("u0", right.centre_u),
            ("Rub", right.back_radius),
            ("w0", right.centre_w),
            ("Rc", right.radius_w),
            ("Rv", right.radius_v),
            ("Ru", right.front_radius),
        ] {
            let golden = number(&case["geometry"][key]);
            assert!(
                (ours - golden).abs() < 1e-5,
                "{} {key}: {ours} {golden}",
                case["name"]
            );
        }
        let mesh = Mesh::build(&g);
        let count = |flags: &[bool]| flags.iter().filter(|is| **is).count() as f64;
        assert_eq!(mesh.nodes.len() as f64, number(&case["mesh"]["nodes"]));
        assert_eq!(
            count(&mesh.lv_endocardium),
            number(&case["mesh"]["lv_endo"])
        );
        assert_eq!(
            count(&mesh.rv_endocardium),
            number(&case["mesh"]["rv_endo"])
        );
        let sampled: Vec<f64> = mesh.nodes.iter().step_by(97).flatten().copied().collect();
        let off = largest_difference(&sampled, &numbers(&case["mesh"]["sampled"]));
        assert!(off < 1e-4, "{}: nodes differ by {off} mm", case["name"]);
    }
}

#[test]
fn electrodes_and_lead_field_are_the_prototypes() {
    for (case, subject) in cases() {
        let skin = on_skin(&subject.torso, &subject.electrodes);
        let off = largest_difference(&skin.concat(), &numbers(&case["electrodes"]));
        assert!(
            off < 1e-4,
            "{}: electrodes differ by {off} mm",
            case["name"]
        );
        let field = LeadField::solve(&subject.torso, &subject.electrodes, subject.heart_centre_mm);
        // The golden is (lead, point, axis).
        let places = numbers(&case["lead_field"]["points"]);
        let golden = numbers(&case["lead_field"]["gradient"]);
        for (k, place) in places.chunks_exact(3).enumerate() {
            let ours = field.gradient([place[0], place[1], place[2]]);
            for (lead, gradient) in ours.iter().enumerate() {
                let at = (lead * places.len() / 3 + k) * 3;
                let error = relative_rms(&gradient.map(f64::from), &golden[at..at + 3]);
                assert!(
                    error < 1e-4,
                    "{} lead {lead} point {k}: {error}",
                    case["name"]
                );
            }
        }
    }
}

#[test]
fn activation_is_the_prototypes() {
    for (case, subject) in cases() {
        let g = Ventricles::solve(&subject);
        let activation = Activation::solve(&g, &Mesh::build(&g), &subject.conduction);
        // The golden counts from the first activation of living muscle.
        let first = activation
            .time_ms
            .iter()
            .zip(&activation.alive)
            .filter(|(_, alive)| **alive > 0.3)
            .fold(f64::INFINITY, |low, (&time, _)| low.min(time));
        let sampled: Vec<f64> = activation
            .time_ms
            .iter()
            .step_by(31)
            .map(|time| time - first)
            .collect();
        let off = largest_difference(&sampled, &numbers(&case["activation"]["sampled"]));
        assert!(
            off < 1e-4,
            "{}: activation differs by {off} ms",
            case["name"]
        );
    }
}

#[test]
fn beat_p_wave_and_intervals_are_the_prototypes() {
    for (case, subject) in cases() {
        let heart = subject.simulate();
        let thinned = |leads: &[Vec<f64>]| -> Vec<f64> {
            leads
                .iter()
                .flat_map(|lead| lead.iter().step_by(4))
                .copied()
                .collect()
        };
        let error = relative_rms(&thinned(&heart.beat), &numbers(&case["beat"]));
        assert!(error < 1e-3, "{}: beat differs by {error}", case["name"]);
        let error = relative_rms(&thinned(&heart.p_wave), &numbers(&case["p_wave"]));
        assert!(error < 1e-3, "{}: P wave differs by {error}", case["name"]);
        let fiducials = &case["fiducials"];
        for (key, ours) in [
            ("QRSd", heart.intervals.qrs_ms),
            ("Toff", heart.intervals.qt_ms),
            ("PR", heart.intervals.pr_ms.expect("sinus rhythm")),
            ("Pdur", heart.intervals.p_ms.expect("sinus rhythm")),
            ("QRSon", -heart.intervals.onset_lead_ms),
        ] {
            let golden = number(&fiducials[key]);
            assert!(
                (ours - golden).abs() < 0.1,
                "{} {key}: {ours} {golden}",
                case["name"]
            );
        }
    }
}

/// Volume curve and shortening; how the walls move to that is ours, and `picture_tests` checks it
/// against the table of volumes.
#[test]
fn the_cycle_is_the_prototypes() {
    for (case, subject) in cases() {
        let heart = subject.simulate();
        let motion = &case["motion"];
        assert_eq!(heart.motion.end_systole as f64, number(&motion["es_frame"]));
        let phases = &heart.motion.phases;
        let column = |get: fn(&super::mechanics::Phase) -> f64| -> Vec<f64> {
            phases.iter().map(get).collect()
        };
        for (key, ours, tolerance) in [
            ("emptying", column(|p| p.emptying), 1e-5),
            ("lam", column(|p| p.length), 1e-6),
            ("RV", column(|p| p.rv_ml), 1e-2),
        ] {
            let off = largest_difference(&ours, &numbers(&motion[key]));
            assert!(off < tolerance, "{} {key}: differs by {off}", case["name"]);
        }
    }
}

#[test]
fn typical_subjects_have_the_prototypes_parameters() {
    let typical = [
        typical_subject(Sex::Male, &[]),
        typical_subject(Sex::Female, &[Condition::LeftBundleBranchBlock]),
        typical_subject(Sex::Male, &[Condition::Infarct(Territory::Lad)]),
    ];
    for ((case, golden), mut ours) in cases().into_iter().zip(typical) {
        // What the golden's parameters leave out.
        ours.conditions.clone_from(&golden.conditions);
        ours.scar_fraction = 0.0;
        // The prototype's median weight belongs to the height it drew and then did not use.
        ours.weight_kg = golden.weight_kg;
        // Its planner centres the field on the LV, ours on both ventricles.
        let halfway: Vec3 = std::array::from_fn(|axis| {
            0.5 * (fitted::HEART_CENTRE_MM[axis] + ours.imaging.heart_centre_mm[axis])
        });
        let shift = sub(ours.imaging.field_centre_mm, halfway);
        assert!((length(shift) - 14.0).abs() < 1e-6, "{shift:?}");
        // What was fitted anew since: where the heart lies, how it is excited and how strong its
        // sources are. The tests above give the physics the prototype's own values.
        ours.imaging.heart_centre_mm = golden.imaging.heart_centre_mm;
        ours.imaging.field_centre_mm = golden.imaging.field_centre_mm;
        ours.heart_centre_mm = golden.heart_centre_mm;
        ours.frontal_axis_deg = golden.frontal_axis_deg;
        ours.transverse_axis_deg = golden.transverse_axis_deg;
        ours.roll_deg = golden.roll_deg;
        ours.conduction = golden.conduction.clone();
        ours.repolarisation.source_gain = golden.repolarisation.source_gain;
        ours.repolarisation.rv_source_gain = golden.repolarisation.rv_source_gain;
        ours.scar.clone_from(&golden.scar);
        let (ours, golden) = (format!("{ours:?}"), format!("{golden:?}"));
        let split = |text: &str| -> Vec<String> {
            text.split([' ', ',', '[', ']', '(', ')', '{', '}'])
                .map(str::to_owned)
                .collect()
        };
        for (a, b) in split(&ours).iter().zip(&split(&golden)) {
            let same = match (a.parse::<f64>(), b.parse::<f64>()) {
                (Ok(a), Ok(b)) => (a - b).abs() <= 1e-9 * (1.0 + b.abs()),
                _ => a == b,
            };
            assert!(
                same,
                "{}: {a} is not {b} in\n{ours}\n{golden}",
                case["name"]
            );
        }
        assert_eq!(split(&ours).len(), split(&golden).len());
    }
}
