//! A training step whose state never leaves the device.
//!
//! The graph takes every state tensor (parameter, moment, running statistic) as the input `state/NAME` and gives its
//! successor as the output `next/NAME`. Two sets of buffers are bound in turn: a step reads set *k* and writes set
//! *1 − k*, so nothing is copied between steps and nothing crosses the bus but the batch and the losses.

use super::device::Opened;
use super::{Device, Engine, EngineError};
use ort::memory::{AllocationDevice, Allocator, AllocatorType, MemoryInfo, MemoryType};
use ort::session::{IoBinding, Session};
use ort::value::Tensor;

/// One tensor of the training state.
#[derive(Debug, Clone, PartialEq)]
pub struct StateTensor {
    /// Its name, without the prefixes `state/` and `next/`.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its values, in row-major order.
    pub values: Vec<f32>,
}

/// A batch input or reported output of the step: name and shape.
pub type Port = (String, Vec<usize>);

/// A training step with resident state.
pub struct TrainingStep {
    session: Session,
    device: Device,
    refusal: Option<String>,
    bindings: [IoBinding; 2],
    buffers: [Vec<Tensor<f32>>; 2],
    batch: Vec<(String, Tensor<f32>)>,
    state: Vec<Port>,
    reports: Vec<String>,
    current: usize,
}

impl TrainingStep {
    /// Opens the step graph and places the state on the device.
    ///
    /// `batch` names the inputs that change with every step, `reports` the scalar outputs to read back.
    ///
    /// # Errors
    /// As [`Device::open`]; [`EngineError::WrongSize`] where a state tensor's values do not fill its shape.
    pub fn open(
        engine: &Engine,
        model: &[u8],
        device: Device,
        threads: usize,
        state: &[StateTensor],
        batch: &[Port],
        reports: &[String],
    ) -> Result<Self, EngineError> {
        let Opened {
            session,
            device,
            refusal,
        } = device.open(engine, model, threads)?;
        let place = || -> Result<Allocator, EngineError> {
            match device {
                Device::Cuda(number) => {
                    let memory = MemoryInfo::new(
                        AllocationDevice::CUDA,
                        i32::try_from(number).unwrap_or(i32::MAX),
                        AllocatorType::Device,
                        MemoryType::Default,
                    )
                    .map_err(EngineError::runtime("describing the GPU's memory"))?;
                    Allocator::new(&session, memory)
                        .map_err(EngineError::runtime("opening the GPU's memory"))
                }
                Device::Cpu | Device::Auto => Ok(Allocator::default()),
            }
        };
        let allocator = place()?;
        let mut buffers = [Vec::new(), Vec::new()];
        for set in &mut buffers {
            for tensor in state {
                set.push(
                    Tensor::<f32>::new(&allocator, tensor.shape.clone()).map_err(
                        EngineError::runtime(format!("allocating `{}`", tensor.name)),
                    )?,
                );
            }
        }
        for (tensor, buffer) in state.iter().zip(&mut buffers[0]) {
            write_initial(tensor, buffer, device)?;
        }
        let bindings = [
            bind_state(&session, state, &mut buffers, 0, reports)?,
            bind_state(&session, state, &mut buffers, 1, reports)?,
        ];
        let batch = batch
            .iter()
            .map(|(name, shape)| {
                Tensor::<f32>::new(&Allocator::default(), shape.clone())
                    .map(|tensor| (name.clone(), tensor))
                    .map_err(EngineError::runtime(format!("allocating `{name}`")))
            })
            .collect::<Result<_, _>>()?;
        Ok(TrainingStep {
            session,
            device,
            refusal,
            bindings,
            buffers,
            batch,
            state: state
                .iter()
                .map(|tensor| (tensor.name.clone(), tensor.shape.clone()))
                .collect(),
            reports: reports.to_vec(),
            current: 0,
        })
    }

    /// The device it runs on.
    pub fn device(&self) -> Device {
        self.device
    }

    /// Why CUDA was refused, where [`Device::Auto`] became the CPU.
    pub fn refusal(&self) -> Option<&str> {
        self.refusal.as_deref()
    }

    /// Runs one step on a batch; the inputs come in the order given to [`TrainingStep::open`]. Gives the reports in
    /// their order.
    ///
    /// # Errors
    /// [`EngineError::WrongSize`] for a batch of another size, [`EngineError::Runtime`] where the run fails.
    pub fn run(&mut self, inputs: &[&[f32]]) -> Result<Vec<f32>, EngineError> {
        let binding = &mut self.bindings[self.current];
        for ((name, tensor), values) in self.batch.iter_mut().zip(inputs) {
            let (_, slots) = tensor.extract_tensor_mut();
            if slots.len() != values.len() {
                return Err(EngineError::WrongSize {
                    name: name.clone(),
                    given: values.len(),
                    expected: slots.len(),
                });
            }
            slots.copy_from_slice(values);
            // ONNX Runtime copies to a GPU when the input is bound, not when the graph runs.
            binding
                .bind_input(name.as_str(), &*tensor)
                .map_err(EngineError::runtime(format!("binding `{name}`")))?;
        }
        let outputs = self
            .session
            .run_binding(binding)
            .map_err(EngineError::runtime("running a training step"))?;
        let mut values = Vec::with_capacity(self.reports.len());
        for name in &self.reports {
            values.push(
                outputs[name.as_str()]
                    .try_extract_tensor::<f32>()
                    .map_err(EngineError::runtime(format!("reading `{name}`")))?
                    .1
                    .first()
                    .copied()
                    .unwrap_or(f32::NAN),
            );
        }
        self.current = 1 - self.current;
        Ok(values)
    }

    /// Reads the whole state back to the host.
    ///
    /// # Errors
    /// [`EngineError::Runtime`] where the copy from the device fails.
    pub fn state(&self) -> Result<Vec<StateTensor>, EngineError> {
        self.state
            .iter()
            .zip(&self.buffers[self.current])
            .map(|((name, shape), tensor)| {
                let values = match self.device {
                    Device::Cuda(_) => tensor
                        .to(AllocationDevice::CPU, 0)
                        .map_err(EngineError::runtime(format!("fetching `{name}`")))?
                        .extract_tensor()
                        .1
                        .to_vec(),
                    Device::Cpu | Device::Auto => tensor.extract_tensor().1.to_vec(),
                };
                Ok(StateTensor {
                    name: name.clone(),
                    shape: shape.clone(),
                    values,
                })
            })
            .collect()
    }
}

fn write_initial(
    tensor: &StateTensor,
    buffer: &mut Tensor<f32>,
    device: Device,
) -> Result<(), EngineError> {
    let expected = tensor.shape.iter().product();
    if tensor.values.len() != expected {
        return Err(EngineError::WrongSize {
            name: tensor.name.clone(),
            given: tensor.values.len(),
            expected,
        });
    }
    match device {
        Device::Cuda(_) => {
            let host = Tensor::from_array((tensor.shape.clone(), tensor.values.clone())).map_err(
                EngineError::runtime(format!("handing over `{}`", tensor.name)),
            )?;
            host.copy_into(buffer).map_err(EngineError::runtime(format!(
                "copying `{}` to the GPU",
                tensor.name
            )))
        }
        Device::Cpu | Device::Auto => {
            buffer
                .extract_tensor_mut()
                .1
                .copy_from_slice(&tensor.values);
            Ok(())
        }
    }
}

/// Binds set `from` as inputs and the other set as outputs.
fn bind_state(
    session: &Session,
    state: &[StateTensor],
    buffers: &mut [Vec<Tensor<f32>>; 2],
    from: usize,
    reports: &[String],
) -> Result<IoBinding, EngineError> {
    let mut binding = session
        .create_binding()
        .map_err(EngineError::runtime("creating a binding"))?;
    for (index, tensor) in state.iter().enumerate() {
        let name = &tensor.name;
        binding
            .bind_input(format!("state/{name}"), &buffers[from][index])
            .map_err(EngineError::runtime(format!("binding `state/{name}`")))?;
        binding
            .bind_output(format!("next/{name}"), &mut buffers[1 - from][index])
            .map_err(EngineError::runtime(format!("binding `next/{name}`")))?;
    }
    let host = MemoryInfo::new(
        AllocationDevice::CPU,
        0,
        AllocatorType::Device,
        MemoryType::CPUOutput,
    )
    .map_err(EngineError::runtime("describing the host's memory"))?;
    for name in reports {
        binding
            .bind_output_to_device(name.as_str(), &host)
            .map_err(EngineError::runtime(format!("binding `{name}`")))?;
    }
    Ok(binding)
}
