//! Whatever is asked of whatever member of the family: it is refused before anything is written, or
//! the chip holds it.

use crate::rig::{driver, ledger, steps};
use ecg2mri_shim::ads129x::registers::{
    Channels, DataRate, EvenPaceChannel, Gain, Input, LeadOffCurrent, LeadOffThreshold,
    OddPaceChannel, Readback, Register, RespirationFrequency, RespirationMode, RespirationPhase,
    TerminalInput, TestAmplitude, TestFrequency, TestSource,
};
use ecg2mri_shim::ads129x::{
    ChannelSettings, Configuration, Error, GpioSettings, LeadOffDetection, LeadOffMethod,
    PaceChannels, ReadMode, Reference, Respiration, RightLegDrive, Terminals, TestSignal, Variant,
};
use ecg2mri_shim::simulator::{Chip, Simulator};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

fn one_of<T: Copy + std::fmt::Debug + 'static>(values: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(values)
}

/// Sets of channels, more often of the first four.
fn channels() -> impl Strategy<Value = Channels> {
    prop_oneof![3 => 0_u8..16, 1 => any::<u8>()].prop_map(Channels)
}

fn channel() -> impl Strategy<Value = Option<ChannelSettings>> {
    let settings = (one_of(Gain::ALL), one_of(Input::ALL));
    prop::option::of(settings.prop_map(|(gain, input)| ChannelSettings { gain, input }))
}

fn reference() -> impl Strategy<Value = Reference> {
    prop_oneof![
        Just(Reference::Internal2V4),
        Just(Reference::Internal4V),
        prop_oneof![Just(0), 1_000_000_u32..4_500_000]
            .prop_map(|microvolts| Reference::External { microvolts }),
    ]
}

fn test_signal() -> impl Strategy<Value = TestSignal> {
    let parts = (
        one_of(TestSource::ALL),
        one_of(TestAmplitude::ALL),
        one_of(TestFrequency::ALL),
    );
    parts.prop_map(|(source, amplitude, frequency)| TestSignal {
        source,
        amplitude,
        frequency,
    })
}

fn right_leg_drive() -> impl Strategy<Value = RightLegDrive> {
    (any::<[bool; 4]>(), channels(), channels()).prop_map(|(flags, positive, negative)| {
        let [enabled, internal_reference, measured, sensed] = flags;
        RightLegDrive {
            enabled,
            positive,
            negative,
            internal_reference,
            measured,
            sensed,
        }
    })
}

fn lead_off() -> impl Strategy<Value = Option<LeadOffDetection>> {
    let method = prop_oneof![
        one_of(LeadOffCurrent::ALL).prop_map(LeadOffMethod::DirectCurrent),
        Just(LeadOffMethod::PullResistors),
        one_of(LeadOffCurrent::ALL).prop_map(LeadOffMethod::AlternatingCurrent),
    ];
    let parts = (
        method,
        one_of(LeadOffThreshold::ALL),
        channels(),
        channels(),
        channels(),
    );
    prop::option::of(
        parts.prop_map(
            |(method, threshold, positive, negative, flipped)| LeadOffDetection {
                method,
                threshold,
                positive,
                negative,
                flipped,
            },
        ),
    )
}

fn terminals() -> impl Strategy<Value = Terminals> {
    let input = || prop::option::weighted(0.8, one_of(TerminalInput::ALL));
    let goldberger = prop::array::uniform4(prop::bool::weighted(0.1));
    (any::<[bool; 2]>(), input(), input(), input(), goldberger).prop_map(
        |([to_right_leg_drive, constant_chopping], a, b, c, goldberger)| {
            let [avr_channel4, avl_channel5, avf_channel6, avr_channel7] = goldberger;
            Terminals {
                a,
                b,
                c,
                to_right_leg_drive,
                constant_chopping,
                avr_channel4,
                avl_channel5,
                avf_channel6,
                avr_channel7,
            }
        },
    )
}

fn respiration() -> impl Strategy<Value = Option<Respiration>> {
    let parts = (
        one_of(RespirationMode::ALL),
        any::<[bool; 2]>(),
        one_of(RespirationPhase::ALL),
        one_of(RespirationFrequency::ALL),
    );
    prop::option::weighted(
        0.3,
        parts.prop_map(
            |(mode, [modulate, demodulate], phase, frequency)| Respiration {
                mode,
                modulate,
                demodulate,
                phase,
                frequency,
            },
        ),
    )
}

fn pace() -> impl Strategy<Value = Option<PaceChannels>> {
    let parts = (one_of(EvenPaceChannel::ALL), one_of(OddPaceChannel::ALL));
    prop::option::of(parts.prop_map(|(even, odd)| PaceChannels { even, odd }))
}

fn any_configuration() -> impl Strategy<Value = Configuration> {
    let rates: Vec<DataRate> = DataRate::all().collect();
    let gpio = (0_u8..17, 0_u8..17).prop_map(|(outputs, levels)| GpioSettings { outputs, levels });
    let simple = (
        prop::sample::select(rates),
        prop::bool::weighted(0.8),
        one_of(Readback::ALL),
        any::<[bool; 2]>(),
        prop::array::uniform8(channel()),
        gpio,
    );
    let parts = (
        reference(),
        test_signal(),
        right_leg_drive(),
        lead_off(),
        terminals(),
        respiration(),
        pace(),
    );
    (simple, parts).prop_map(|(simple, parts)| {
        let (data_rate, accept_reduced_resolution, readback, flags, channels, gpio) = simple;
        let (reference, test_signal, right_leg_drive, lead_off, terminals, respiration, pace) =
            parts;
        let [clock_output, single_shot] = flags;
        Configuration {
            data_rate,
            accept_reduced_resolution,
            readback,
            clock_output,
            reference,
            test_signal,
            channels,
            right_leg_drive,
            lead_off,
            terminals,
            gpio,
            pace,
            respiration,
            single_shot,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn settings_are_refused_untouched_or_held(
        configuration in any_configuration(),
        variant in prop::sample::select(&Variant::ALL),
    ) {
        let simulator = Simulator::new(Chip::new(variant, steps));
        let mut driver = driver(&simulator);
        driver.power_up(variant).expect("the chip answers");
        let before = Register::ALL.map(|register| simulator.with(|chip| chip.register(register)));
        match configuration.check(variant) {
            Err(refusal) => {
                prop_assert_eq!(driver.configure(&configuration), Err(Error::Configuration(refusal)));
                let after = Register::ALL.map(|register| simulator.with(|chip| chip.register(register)));
                prop_assert_eq!(before, after);
            }
            Ok(()) => {
                prop_assert_eq!(driver.configure(&configuration), Ok(()));
                let image = configuration.image(variant).expect("it was checked");
                for (register, byte) in image.writes() {
                    let held = simulator.with(|chip| chip.register(register));
                    prop_assert_eq!((held ^ byte) & register.verifiable_bits(), 0);
                }
                // And whatever it holds, it converts.
                driver.start(ReadMode::OnCommand).expect("it starts");
                prop_assert!(simulator.advance_to_data_ready());
                let reading = driver.read().expect("a conversion");
                for (channel, &code) in reading.codes().iter().enumerate() {
                    prop_assert!(configuration.channels[channel].is_some() || code == 0);
                }
            }
        }
        prop_assert!(ledger(&simulator).is_clean());
    }
}

#[test]
fn the_generator_makes_settings_of_both_kinds() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut accepted = 0;
    for _ in 0..1_000 {
        let tree = any_configuration().new_tree(&mut runner).expect("a value");
        accepted += usize::from(tree.current().check(Variant::Ads1298R).is_ok());
    }
    assert!((100..900).contains(&accepted), "{accepted}");
}
