import Kernel
import Tenancy
import TestSupport
import Testing

/// One clock that cannot be settled stops no other.
@Suite struct ClockAtFaultTests {
  /// Three incidents whose budgets run out; nothing can be written to the first one's clocks.
  private func world() async throws -> (DeskWorld, [Value]) {
    let world = try await DeskWorld()
    var incidents: [Value] = []
    for title in ["First", "Second", "Third"] { incidents.append(try await world.open(title)) }
    try await world.database.runAsSuperuser(
      """
      create function service_levels.fault() returns trigger language plpgsql as $$
      begin
        if old.subject_id = (select min(c.subject_id) from service_levels.clock c) then raise exception 'at fault'; end if;
        return new;
      end
      $$
      """)
    try await world.database.runAsSuperuser(
      "create trigger fault before update on service_levels.clock for each row execute function service_levels.fault()")
    world.database.clock.advance(seconds: 30 * 86_400)
    return (world, incidents)
  }

  private func breached(_ incidents: [Value], _ world: DeskWorld) async throws -> [Bool] {
    var breached: [Bool] = []
    for incident in incidents {
      let clocks = try await world.read(incident)["clocks"]?.array ?? []
      breached.append(!clocks.isEmpty && clocks.allSatisfy { $0["breachedAt"] != .null && $0["breachedAt"] != nil })
    }
    return breached
  }

  @Test func theOthersMissesAreRecorded() async throws {
    let (world, incidents) = try await world()
    await #expect(throws: (any Error).self, "it is told") { try await world.sweep() }
    #expect(try await breached(incidents, world) == [false, true, true])
    // When the fault is gone, the next run finds it.
    try await world.database.runAsSuperuser("drop trigger fault on service_levels.clock")
    try await world.sweep()
    #expect(try await breached(incidents, world) == [true, true, true])
  }
}
