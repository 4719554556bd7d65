//! Settings into registers, and settings that are refused.

use super::*;
use crate::ads129x::registers::{PowerMode, Register};
use crate::ads129x::variant::Variant;

const CHIP: Variant = Variant::Ads1298;

fn bytes(configuration: &Configuration) -> [u8; 26] {
    let image = configuration.image(CHIP).expect("settings that agree");
    Register::ALL.map(|register| image.byte(register))
}

#[test]
fn the_quiet_beginning_is_what_the_chip_resets_to_but_for_rate_and_reference() {
    let mut expected = [0; 26];
    expected[0x01] = 0x86;
    expected[0x02] = 0x10;
    expected[0x03] = 0xC0;
    expected[0x14] = 0x0F;
    assert_eq!(bytes(&Configuration::new()), expected);
}

#[test]
fn a_twelve_lead_ecg_is_set_as_on_the_evaluation_board() {
    let bytes = bytes(&Configuration::twelve_lead());
    assert_eq!(bytes[0x03], 0xCC);
    assert_eq!(bytes[0x04], 0x03);
    assert_eq!(bytes[0x05..=0x0C], [0; 8]);
    assert_eq!(bytes[0x0D..=0x11], [0x06, 0x02, 0xFF, 0x02, 0x00]);
    // The comparators are on.
    assert_eq!(bytes[0x17], 0x02);
    // Amplifiers A, B and C follow IN2P, IN2N and IN3P.
    assert_eq!(bytes[0x18..=0x19], [0x0A, 0xDC]);
}

#[test]
fn each_setting_reaches_its_bits() {
    let set = |change: fn(&mut Configuration), register: Register| {
        let mut configuration = Configuration::new();
        change(&mut configuration);
        bytes(&configuration)[usize::from(register.address())]
    };
    assert_eq!(
        set(|c| c.readback = Readback::Multiple, Register::Config1),
        0xC6
    );
    assert_eq!(set(|c| c.clock_output = true, Register::Config1), 0xA6);
    assert_eq!(
        set(
            |c| c.test_signal.frequency = TestFrequency::Direct,
            Register::Config2
        ),
        0x13
    );
    assert_eq!(
        set(
            |c| c.test_signal.amplitude = TestAmplitude::Double,
            Register::Config2
        ),
        0x14
    );
    assert_eq!(
        set(
            |c| c.test_signal.source = TestSource::External,
            Register::Config2
        ),
        0x00
    );
    assert_eq!(
        set(|c| c.terminals.constant_chopping = true, Register::Config2),
        0x30
    );
    assert_eq!(
        set(|c| c.reference = Reference::Internal4V, Register::Config3),
        0xE0
    );
    let external = |c: &mut Configuration| {
        c.reference = Reference::External {
            microvolts: 2_500_000,
        }
    };
    assert_eq!(set(external, Register::Config3), 0x40);
    assert_eq!(set(|c| c.channels[2] = None, Register::Channel3), 0x81);
    assert_eq!(
        set(
            |c| {
                c.channels[7] = Some(ChannelSettings {
                    gain: Gain::X12,
                    input: Input::TestSignal,
                })
            },
            Register::Channel8
        ),
        0x65
    );
    let gpio = |c: &mut Configuration| {
        c.gpio = GpioSettings {
            outputs: 0b0101,
            levels: 0b0100,
        }
    };
    assert_eq!(set(gpio, Register::Gpio), 0x4A);
    let pace = |c: &mut Configuration| {
        c.pace = Some(PaceChannels {
            even: EvenPaceChannel::Channel8,
            odd: OddPaceChannel::Channel3,
        })
    };
    assert_eq!(set(pace, Register::Pace), 0x1B);
    assert_eq!(set(|c| c.single_shot = true, Register::Config4), 0x08);
    assert_eq!(
        set(|c| c.right_leg_drive.sensed = true, Register::Config4),
        0x02
    );
}

#[test]
fn alternating_current_leaves_the_comparators_off_and_reports_no_electrode() {
    let mut configuration = Configuration::twelve_lead();
    assert_eq!(configuration.lead_off_sensed().positive, 0xFF);
    let detection = configuration.lead_off.as_mut().expect("it is on");
    detection.method = LeadOffMethod::AlternatingCurrent(LeadOffCurrent::Nanoamperes24);
    let bytes = bytes(&configuration);
    assert_eq!((bytes[0x04], bytes[0x17]), (0x0D, 0x00));
    assert_eq!(configuration.lead_off_sensed(), LeadOff::NONE);
}

#[test]
fn respiration_is_for_chips_that_have_it() {
    let mut configuration = Configuration::new();
    configuration.respiration = Some(Respiration {
        mode: RespirationMode::Internal,
        modulate: true,
        demodulate: true,
        phase: RespirationPhase::Degrees112_5,
        frequency: RespirationFrequency::Khz32,
    });
    let image = configuration
        .image(Variant::Ads1298R)
        .expect("an R variant");
    assert_eq!(image.byte(Register::Respiration), 0b1111_0010);
    assert_eq!(image.byte(Register::Config4), 0x20);
    assert_eq!(
        configuration.check(CHIP),
        Err(ConfigurationError::RespirationAbsent { variant: CHIP })
    );
    let respiration = configuration.respiration.as_mut().expect("it is on");
    respiration.frequency = RespirationFrequency::Khz4;
    assert_eq!(
        configuration.check(Variant::Ads1298R),
        Err(ConfigurationError::RespirationTooSlow)
    );
    let respiration = configuration.respiration.as_mut().expect("it is on");
    (respiration.modulate, respiration.demodulate) = (false, false);
    respiration.mode = RespirationMode::External;
    assert_eq!(configuration.check(CHIP), Ok(()));
    configuration.gpio.outputs = 0b0010;
    assert_eq!(
        configuration.check(CHIP),
        Err(ConfigurationError::PinsTaken)
    );
    // Off, an R variant still wants its bit 5.
    let quiet = Configuration::new();
    let image = quiet.image(Variant::Ads1294R).expect("settings that agree");
    assert_eq!(image.byte(Register::Respiration), 0x20);
}

#[test]
fn the_fastest_rates_are_refused_unless_asked_for() {
    for (rate, bits) in [(32_000, 17), (16_000, 19)] {
        let mut configuration = Configuration::new();
        configuration.data_rate =
            DataRate::new(rate, PowerMode::HighResolution).expect("a rate of the chip");
        assert_eq!(
            configuration.check(CHIP),
            Err(ConfigurationError::ReducedResolution { bits })
        );
        configuration.accept_reduced_resolution = true;
        assert_eq!(configuration.check(CHIP), Ok(()));
    }
}

#[test]
fn contradictions_are_refused() {
    let refusal = |change: fn(&mut Configuration), variant| {
        let mut configuration = Configuration::new();
        change(&mut configuration);
        configuration.check(variant).expect_err("a contradiction")
    };
    let absent = |setting, channels, variant| ConfigurationError::ChannelAbsent {
        setting,
        channels,
        variant,
    };
    assert_eq!(
        refusal(
            |c| c.reference = Reference::External { microvolts: 0 },
            CHIP
        ),
        ConfigurationError::NoReference
    );
    assert_eq!(
        refusal(
            |c| c.right_leg_drive.positive = Channels(0x1F),
            Variant::Ads1294
        ),
        absent("the right leg drive", 0x10, Variant::Ads1294)
    );
    assert_eq!(
        refusal(|c| *c = Configuration::twelve_lead(), Variant::Ads1296),
        absent("lead-off detection", 0xC0, Variant::Ads1296)
    );
    let pace = |c: &mut Configuration| {
        c.pace = Some(PaceChannels {
            even: EvenPaceChannel::Channel2,
            odd: OddPaceChannel::Channel7,
        })
    };
    assert_eq!(
        refusal(pace, Variant::Ads1296R),
        absent("pacemaker detection", 0x40, Variant::Ads1296R)
    );
    assert_eq!(
        refusal(|c| c.terminals.avl_channel5 = true, Variant::Ads1294),
        absent("a Goldberger terminal", 0x10, Variant::Ads1294)
    );
    assert_eq!(
        refusal(
            |c| {
                c.lead_off =
                    Configuration::twelve_lead()
                        .lead_off
                        .map(|detection| LeadOffDetection {
                            positive: Channels::NONE,
                            negative: Channels::NONE,
                            ..detection
                        })
            },
            CHIP
        ),
        ConfigurationError::NothingSensed
    );
    let right_leg = |c: &mut Configuration| {
        c.channels[3] = Some(ChannelSettings {
            gain: Gain::X1,
            input: Input::RightLeg,
        })
    };
    assert_eq!(
        refusal(right_leg, CHIP),
        ConfigurationError::RightLegNotMeasured { channel: 4 }
    );
    assert_eq!(
        refusal(
            |c| {
                c.terminals.a = Some(TerminalInput::In1P);
                c.terminals.avf_channel6 = true;
            },
            CHIP
        ),
        ConfigurationError::TerminalOff {
            terminal: "aVF on channel 6"
        }
    );
    assert_eq!(
        refusal(|c| c.gpio.levels = 0x10, CHIP),
        ConfigurationError::PinAbsent
    );
}

#[test]
fn only_registers_of_channels_the_chip_has_are_written() {
    for (variant, count) in [
        (Variant::Ads1294, 19),
        (Variant::Ads1296R, 21),
        (Variant::Ads1298, 23),
    ] {
        let image = Configuration::new().image(variant).expect("they agree");
        assert_eq!(image.writes().count(), count);
        assert!(image.writes().all(|(register, _)| !register.is_read_only()));
    }
}
