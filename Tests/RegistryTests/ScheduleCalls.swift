import Kernel
import Operations
import Tenancy

/// Calls about the schedules of sweeps: they are declared by a worker, of which there is none here, so a row is written as it would.
extension World {
  func schedulableSweep() async throws -> (kind: Value, version: Int64?) {
    let kind = "probe.nightly"
    try await database.superuser.withConnection {
      _ = try await $0.runScript(
        """
        insert into jobs.schedule (tenant_id, kind, every_seconds, next_at, may_be_scheduled)
        values (\(database.provider.id), '\(kind)', 3600, '2026-03-02T08:00:00Z', true) on conflict do nothing
        """)
    }
    let listed = try await seed("sweep.list", ["limit": 200])["items"]?.array?.first { $0["kind"] == .text(kind) }
    return (.text(kind), listed?["version"]?.integer)
  }
}

extension CallRule {
  static let scheduleCalls: [String: CallRule] = [
    "sweep.schedule": CallRule(given: { world, _, _ in
      let sweep = try await world.schedulableSweep()
      return (["kind": sweep.kind, "time": "02:30"], sweep.version)
    }),
    "sweep.unschedule": CallRule(given: { world, _, _ in
      let sweep = try await world.schedulableSweep()
      return (["kind": sweep.kind], sweep.version)
    }),
  ]
}
