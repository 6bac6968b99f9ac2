import Jobs
import Notifications
import ServiceLifecycle

/// The jobs over one backend: a part of ``Server``, or a process of its own.
struct Worker {
  let backend: Backend
  let couriers: Couriers

  var service: some Service {
    let jobs = JobRunner(
      tenancy: backend.tenancy, sweeps: Modules.sweeps(backend.dispatcher, couriers), calendars: Modules.calendars, logger: backend.logger)
    return Work { await jobs.run() }
  }

  /// Works until SIGTERM or SIGINT. A job under way is given up then; what it has not committed is done again.
  func run(onStart: @escaping @Sendable () -> Void) async throws {
    onStart()
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [.init(service: service)], gracefulShutdownSignals: [.sigterm, .sigint], logger: backend.logger))
    try await group.run()
  }
}
