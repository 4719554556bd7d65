//! Whatever is asked in whatever order, the driver keeps the chip's times and never gives a wrong
//! code.

use crate::rig::{driver, ledger};
use ecg2mri_shim::ads129x::registers::{DataRate, Gain, Input, Register};
use ecg2mri_shim::ads129x::{ChannelSettings, Configuration, ReadMode, Variant};
use ecg2mri_shim::simulator::{Chip, Moment, Simulator, code};
use proptest::prelude::*;

/// One call of the driver.
#[derive(Debug, Clone)]
enum Call {
    PowerUp,
    Configure(Configuration),
    Start(ReadMode),
    Stop,
    Read,
    StandBy,
    WakeUp,
    ReadRegister(Register),
    SetGpio(u8),
    Wait(u32),
}

fn any_configuration() -> impl Strategy<Value = Configuration> {
    let rates: Vec<DataRate> = DataRate::all().collect();
    let channel = prop::option::weighted(0.9, prop::sample::select(Gain::ALL));
    (
        prop::sample::select(rates),
        prop::array::uniform8(channel),
        any::<bool>(),
    )
        .prop_map(|(data_rate, gains, accept)| {
            let mut configuration = Configuration::twelve_lead();
            configuration.data_rate = data_rate;
            configuration.accept_reduced_resolution = accept;
            configuration.channels = gains.map(|gain| {
                gain.map(|gain| ChannelSettings {
                    gain,
                    input: Input::Electrodes,
                })
            });
            configuration
        })
}

fn any_call() -> impl Strategy<Value = Call> {
    let mode = prop::sample::select(&[ReadMode::Continuous, ReadMode::OnCommand][..]);
    prop_oneof![
        1 => Just(Call::PowerUp),
        3 => any_configuration().prop_map(Call::Configure),
        4 => mode.prop_map(Call::Start),
        2 => Just(Call::Stop),
        12 => Just(Call::Read),
        1 => Just(Call::StandBy),
        2 => Just(Call::WakeUp),
        2 => prop::sample::select(&Register::ALL).prop_map(Call::ReadRegister),
        1 => (0_u8..16).prop_map(Call::SetGpio),
        6 => (0_u32..3_000_000).prop_map(Call::Wait),
    ]
}

/// Another voltage on each channel and at each conversion, in nanovolts.
fn signal(channel: usize, moment: Moment) -> i64 {
    let phase = (moment.conversion * 7 + channel as u64 * 13) % 1000;
    (phase as i64 - 500) * 4_000
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn calls_in_any_order_are_obeyed_or_refused(
        calls in prop::collection::vec(any_call(), 1..60),
    ) {
        let variant = Variant::Ads1298;
        let simulator = Simulator::new(Chip::new(variant, signal).with_spi_clock(16_000_000));
        let mut driver = driver(&simulator);
        driver.power_up(variant).expect("the chip answers");
        for call in calls {
            match call {
                Call::PowerUp => driver.power_up(variant).expect("the chip answers"),
                Call::Configure(configuration) => {
                    if driver.configure(&configuration).is_ok() {
                        prop_assert_eq!(driver.configuration(), Some(&configuration));
                    }
                }
                Call::Start(mode) => drop(driver.start(mode)),
                Call::Stop => drop(driver.stop()),
                Call::StandBy => drop(driver.stand_by()),
                Call::WakeUp => drop(driver.wake_up()),
                Call::SetGpio(levels) => drop(driver.set_gpio(levels)),
                Call::Wait(nanoseconds) => simulator.advance(nanoseconds.into()),
                Call::ReadRegister(register) => {
                    if let Ok(byte) = driver.read_register(register) {
                        prop_assert_eq!(byte, simulator.with(|chip| chip.register(register)));
                    }
                }
                Call::Read => {
                    simulator.advance_to_data_ready();
                    let conversion = simulator.with(|chip| chip.ledger().conversions);
                    let Ok(reading) = driver.read() else { continue };
                    let configuration = driver.configuration().expect("it converts");
                    let bits = configuration.data_rate.resolution_bits();
                    let moment = Moment { nanoseconds: 0, conversion: conversion - 1 };
                    for (channel, &read) in reading.codes().iter().enumerate() {
                        let gain = configuration.gain(channel);
                        let exact = code(signal(channel, moment), gain, 2_400_000);
                        prop_assert_eq!(read, exact >> (24 - bits) << (24 - bits));
                    }
                }
            }
        }
        let counts = ledger(&simulator);
        prop_assert!(counts.is_clean(), "{:?}", counts);
        prop_assert_eq!(counts.ignored_commands, 0);
        prop_assert_eq!(counts.spliced, 0);
    }
}
