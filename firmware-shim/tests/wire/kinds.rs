//! Any content of any kind, in both directions.

use ecg2mri_shim::wire::{
    Acknowledgement, Activity, Body, Channel, ChannelChoice, ChannelTest, Command, Counts, Decoder,
    DeviceKind, Faults, FirmwareVersion, Happening, Hello, Lead, LeadOff, LeadOffMode,
    LeadOffSettings, LossCause, Occurrence, Outcome, Payload, SampleBlock, Samples, SelfTest,
    State, Status, Verdict,
};
use proptest::prelude::*;
use std::fmt::Debug;

/// What tests need of either direction.
pub trait Direction: Payload + Clone + PartialEq + Debug {
    fn decoder() -> Decoder<Self>;

    fn samples(&self) -> Option<&Samples>;

    /// Whether fields may be added at the end of it.
    fn may_grow(&self) -> bool;
}

impl Direction for Body {
    fn decoder() -> Decoder {
        Decoder::new()
    }

    fn samples(&self) -> Option<&Samples> {
        match self {
            Self::Samples(samples) => Some(samples),
            _ => None,
        }
    }

    fn may_grow(&self) -> bool {
        self.samples().is_none()
    }
}

impl Direction for Command {
    fn decoder() -> Decoder<Self> {
        Decoder::of_commands()
    }

    fn samples(&self) -> Option<&Samples> {
        None
    }

    fn may_grow(&self) -> bool {
        false
    }
}

pub fn any_lead_off() -> impl Strategy<Value = LeadOff> {
    any::<(u8, u8)>().prop_map(|(positive, negative)| LeadOff { positive, negative })
}

pub fn any_hello() -> impl Strategy<Value = Hello> {
    let channel = (
        any::<u8>(),
        prop::option::of(prop::sample::select(&Lead::ALL)),
    );
    (
        any::<(u8, u8, [u8; 3])>(),
        1_u32..,
        1_u32..,
        any_lead_off(),
        prop::collection::vec(channel, 1..=8),
    )
        .prop_map(
            |((configuration, device, firmware), rate, reference, sensed, channels)| {
                let [major, minor, patch] = firmware;
                let channels = channels.into_iter();
                Hello {
                    configuration,
                    device: DeviceKind::from_code(device),
                    firmware: FirmwareVersion {
                        major,
                        minor,
                        patch,
                    },
                    sampling_rate_millihertz: rate,
                    reference_microvolts: reference,
                    lead_off_sensed: sensed,
                    channels: channels
                        .map(|(gain, lead)| Channel { gain, lead })
                        .collect(),
                }
            },
        )
}

pub fn any_samples() -> impl Strategy<Value = Samples> {
    let code = prop_oneof![-2_i32..=2, -(1 << 23)..(1 << 23)];
    let rows = (1..=8_usize).prop_flat_map(move |channels| {
        prop::collection::vec(prop::collection::vec(code.clone(), channels), 1..=20)
    });
    (any::<(u32, u8, u16)>(), any_lead_off(), rows).prop_map(
        |((first_sample, configuration, status), lead_off, rows)| {
            let mut block = SampleBlock::new(rows[0].len() as u8).expect("one to eight");
            for row in &rows {
                block.push(row).expect("24 bits");
            }
            Samples {
                first_sample,
                configuration,
                status: Status(status),
                lead_off,
                block,
            }
        },
    )
}

fn any_lead_off_settings() -> impl Strategy<Value = LeadOffSettings> {
    (any::<[u8; 3]>(), any_lead_off()).prop_map(|([mode, current, threshold], sensed)| {
        LeadOffSettings {
            mode: LeadOffMode::from_code(mode % 4),
            current_nanoamperes: current,
            threshold_half_percent: threshold,
            sensed,
        }
    })
}

fn any_state() -> impl Strategy<Value = State> {
    (
        any::<u8>(),
        any_lead_off_settings(),
        any_lead_off(),
        any::<([u32; 4], [u32; 5])>(),
    )
        .prop_map(|(activity, lead_off, electrodes_off, (lost, others))| {
            let [next_instant, frames, instants, events, commands] = others;
            State {
                activity: Activity::from_code(activity % 5),
                lead_off,
                electrodes_off,
                next_instant,
                counts: Counts {
                    lost,
                    frames_dropped: frames,
                    instants_dropped: instants,
                    events_dropped: events,
                    commands_damaged: commands,
                },
            }
        })
}

fn any_happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        (prop::sample::select(&LossCause::ALL), any::<u32>())
            .prop_map(|(cause, instants)| Happening::Lost { cause, instants }),
        any::<u32>().prop_map(|instants| Happening::LinkFull { instants }),
        any::<u32>().prop_map(|milliseconds| Happening::DataReadyStopped { milliseconds }),
        Just(Happening::FrontEndReset),
        any_lead_off().prop_map(Happening::LeadOffChanged),
        any::<u8>().prop_map(|command| Happening::CommandApplied { command }),
        any::<u32>().prop_map(|edges| Happening::OddEdges { edges }),
        (11_u8.., any::<u32>(), any::<[u8; 2]>()).prop_map(|(code, count, detail)| {
            Happening::Other {
                code,
                count,
                detail,
            }
        }),
    ]
}

fn any_self_test() -> impl Strategy<Value = SelfTest> {
    let channel = any::<(u8, i32, i32, u32)>().prop_map(|(faults, amplitude, expected, period)| {
        ChannelTest {
            faults: Faults(faults),
            amplitude,
            expected_amplitude: expected,
            period_microseconds: period,
        }
    });
    (
        any::<(u8, u32, u16, u32, u8, u8)>(),
        prop::collection::vec(channel, 0..=8),
    )
        .prop_map(
            |((verdict, first_sample, samples, period, amplitude, tolerance), channels)| SelfTest {
                verdict: Verdict::from_code(verdict % 5),
                first_sample,
                samples,
                expected_period_microseconds: period,
                amplitude_tolerance_percent: amplitude,
                period_tolerance_percent: tolerance,
                channels: channels.into_iter().collect(),
            },
        )
}

fn any_acknowledgement() -> impl Strategy<Value = Acknowledgement> {
    any::<(u16, u32, u8, u8, u8)>().prop_map(
        |(session, sequence, command, outcome, configuration)| Acknowledgement {
            session,
            sequence,
            command,
            outcome: Outcome::from_code(outcome % 8),
            configuration,
        },
    )
}

/// Any frame from the device that is neither hello nor samples.
pub fn any_report() -> impl Strategy<Value = Body> {
    prop_oneof![
        any_state().prop_map(Body::State),
        (any::<u32>(), any_happening())
            .prop_map(|(instant, what)| Body::Occurrence(Occurrence { instant, what })),
        any_self_test().prop_map(Body::SelfTest),
        any_acknowledgement().prop_map(Body::Acknowledgement),
    ]
}

pub fn any_body() -> impl Strategy<Value = Body> {
    prop_oneof![
        2 => any_hello().prop_map(Body::Hello),
        4 => any_samples().prop_map(Body::Samples),
        4 => any_report(),
    ]
}

pub fn any_command() -> impl Strategy<Value = Command> {
    let channels = prop_oneof![
        Just(ChannelChoice::All),
        (0..255_u8).prop_map(ChannelChoice::One)
    ];
    prop_oneof![
        Just(Command::Start),
        Just(Command::Stop),
        Just(Command::Identify),
        Just(Command::SelfTest),
        any::<u32>().prop_map(|millihertz| Command::SetRate { millihertz }),
        (channels, any::<u8>()).prop_map(|(channels, gain)| Command::SetGain { channels, gain }),
        any_lead_off_settings().prop_map(Command::SetLeadOff),
    ]
}
