import Kernel
import Operations
import Synchronization

/// Calls of handbooks, of which each process has one.
enum HandbookCalls {
  /// The one that there is makes room.
  static let create = CallRule(given: { world, _, _ in (["process": .text(try await world.freeProcess())], nil) })

  /// With something to publish.
  static let publish = CallRule(given: { world, twin, _ in
    let seeded = try await world.seeded("hbk", in: twin)
    return (["id": seeded.id], try await world.changedHandbook(seeded)["version"]?.integer)
  })

  private static let processes = ["incident", "request", "problem", "change", "release", "event", "access", "knowledge", "configuration", "security"]
  private static let turn = Mutex(0)

  /// One after the other, so that calls that are made at once do not take each other's.
  static func nextProcess() -> String {
    processes[
      turn.withLock { turn in
        turn += 1
        return turn % processes.count
      }]
  }
}

extension World {
  /// A process without a handbook: the one that it had is gone.
  func freeProcess() async throws -> String {
    let process = HandbookCalls.nextProcess()
    try await database.runAsSuperuser(
      """
      delete from handbooks.edition e using handbooks.handbook h where h.id = e.handbook_id and h.process = '\(process)';
      delete from handbooks.handbook where process = '\(process)'
      """)
    return process
  }

  /// A handbook with an edition.
  func handbook() async throws -> Seeded {
    let made = try await seed("handbook.create", ["process": .text(try await freeProcess()), "purpose": Samples.localName])
    return try await publishedAnew(try Seeded(made))
  }

  /// The draft says something else than before, and names people who are there.
  func changedHandbook(_ handbook: Seeded) async throws -> Value {
    try await seed(
      "handbook.change",
      [
        "id": handbook.id, "purpose": .object(["en": .text("Purpose \(next())")]), "owner": try await seeded("stf", in: a).id,
        "manager": try await seeded("stf", in: a).id,
      ], version: handbook.version)
  }

  func publishedAnew(_ handbook: Seeded) async throws -> Seeded {
    let changed = try await changedHandbook(handbook)
    return try Seeded(try await seed("handbook.publish", ["id": handbook.id], version: changed["version"]?.integer))
  }
}
