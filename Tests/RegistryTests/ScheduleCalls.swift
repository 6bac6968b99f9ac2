import Kernel
import Operations
import Tenancy

/// Calls about the schedules of sweeps: they are declared by a worker, of which there is none here, so a row is written as it would.
extension World {
  func schedulableSweep() async throws -> Value {
    let kind = "probe.nightly"
    try await database.superuser.withConnection {
      _ = try await $0.runScript(
        """
        insert into jobs.schedule (tenant_id, kind, every_seconds, next_at, may_be_scheduled)
        values (\(database.provider.id), '\(kind)', 3600, '2026-03-02T08:00:00Z', true) on conflict do nothing
        """)
    }
    return .text(kind)
  }
}

extension CallRule {
  static let scheduleCalls: [String: CallRule] = [
    "sweep.schedule": CallRule(given: { world, _, _ in (["kind": try await world.schedulableSweep(), "time": "02:30"], nil) }),
    "sweep.unschedule": CallRule(given: { world, _, _ in (["kind": try await world.schedulableSweep()], nil) }),
  ]
}
