import Foundation
import Jobs
import Kernel
import Operations
import TestSupport
import Testing

@testable import Attachments
@testable import FileStorage

/// Whoever dies on the way leaves at most bytes that are nobody's, and those go.
@Suite struct SweepTests {
  @Test(arguments: [FaultyStore.Fault.received, .kept, .withinTransaction]) func whatWasBegunLeavesNoRowAndInTheEndNoFile(fault: FaultyStore.Fault) async throws
  {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    let dying = try await AttachmentsWorld.dispatcher(world.database, FaultyStore(world.store, dying: fault))
    await #expect(throws: Failure.self) { try await world.attach(Array("half".utf8), to: incident, key: "k", by: dying) }
    #expect(try await world.rows() == 0)
    #expect(try await world.storage()["usedBytes"]?.integer == 0)
    #expect(world.incoming().count == (fault == .received ? 1 : 0) && world.kept().count == (fault == .received ? 0 : 1), "\(world.files())")

    // It may still be under way.
    try world.age(AttachmentsWorld.day - 3600)
    try await world.sweep()
    #expect(world.files().count == 1)
    // Repeated with the same key it is done, over what was left.
    if fault != .received {
      let made = try await world.attach(Array("half".utf8), to: incident, key: "k")
      #expect(try await world.download(made) == Array("half".utf8))
      try world.age(2 * AttachmentsWorld.day)
      try await world.sweep()
      #expect(try await world.download(made) == Array("half".utf8), "what is somebody's stays, however old")
      return
    }
    try world.age(AttachmentsWorld.day + 1)
    try await world.sweep()
    #expect(world.files() == [])
  }

  @Test func whatWasKeptForNobodyGoesAfterADay() async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    let dying = try await AttachmentsWorld.dispatcher(world.database, FaultyStore(world.store, dying: .kept))
    for number in 0..<20 { await #expect(throws: Failure.self) { try await world.attach(Array("half \(number)".utf8), to: incident, by: dying) } }
    let made = try await world.attach("whole", to: incident)
    #expect(world.kept().count == 21)
    try world.age(2 * AttachmentsWorld.day)
    // One run looks at its part alone.
    try await AttachmentSweep(world.store).run(at: world.database.clock.now(), world.database.tenancy)
    #expect(world.kept().count >= 15)
    try await world.sweep()
    #expect(world.kept().count == 1)
    #expect(try await world.download(made) == Array("whole".utf8))
  }

  @Test func whoDiesBetweenTheDiskAndTheRowIsFollowed() async throws {
    let world = try await AttachmentsWorld()
    let made = try await world.attach("gone", to: try await world.incident())
    try await world.delete(made)
    let faulty = FaultyStore(world.store, dying: .removed)
    await #expect(throws: LeftUndone.self) { try await AttachmentSweep(faulty).run(at: world.database.clock.now(), world.database.tenancy) }
    #expect(world.kept() == [])
    #expect(try await world.storage()["usedBytes"]?.integer == 4, "the row does not know yet")
    faulty.set(nil)
    try await AttachmentSweep(faulty).run(at: world.database.clock.now(), world.database.tenancy)
    #expect(try await world.call("attachment.read", ["id": made["id"] ?? .null])["state"]?.text == "removed")
    #expect(try await world.storage()["usedBytes"]?.integer == 0)
    // Nothing is given back twice.
    try await world.sweep()
    #expect(try await world.storage()["files"]?.integer == 0)
  }

  @Test func bytesStayWhileAnybodyHasThem() async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    let (one, two) = (try await world.attach("shared", to: incident), try await world.attach("shared", to: try await world.incident()))
    #expect(world.kept().count == 1)
    #expect(try await world.storage()["usedBytes"]?.integer == 12)
    try await world.delete(one)
    try await world.sweep()
    #expect(try await world.download(two) == Array("shared".utf8))
    #expect(try await world.storage()["usedBytes"]?.integer == 6)
    try await world.delete(two)
    // It comes back before the sweep has come.
    let three = try await world.attach("shared", to: incident)
    try await world.sweep()
    #expect(try await world.download(three) == Array("shared".utf8))
    #expect(try await world.call("attachment.read", ["id": two["id"] ?? .null])["state"]?.text == "removed")
    try await world.delete(three)
    try await world.sweep()
    #expect(world.files() == [])
  }

  @Test func addingAndRemovingTheSameAtOnceLosesNothing() async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    for _ in 0..<12 {
      let old = try await world.attach("contended", to: incident)
      try await world.delete(old)
      async let swept: Void = AttachmentSweep(world.store).run(at: world.database.clock.now(), world.database.tenancy)
      async let added = { try? await world.attach("contended", to: incident) }()
      let made = await added
      try await swept
      // Refused, or there: never a row without its file.
      if let made {
        #expect(try await world.download(made) == Array("contended".utf8))
        try await world.delete(made)
      }
      try await world.sweep()
    }
    #expect(try await world.storage()["usedBytes"]?.integer == 0)
  }

  @Test func aFileThatWasTakenAwayIsToldAndOneThatRottedIsNotGiven() async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    let (gone, rotten) = (try await world.attach("gone", to: incident), try await world.attach("rotten", to: incident))
    let paths = world.kept().map { "\(world.folder)/\(world.acme.handle)/\($0)" }
    for path in paths where try String(contentsOfFile: path, encoding: .utf8) == "gone" { try FileManager.default.removeItem(atPath: path) }
    for path in paths where (try? String(contentsOfFile: path, encoding: .utf8)) == "rotten" {
      try FileManager.default.removeItem(atPath: path)
      try "ROTTEN".write(toFile: path, atomically: false, encoding: .utf8)
    }
    do {
      _ = try await world.download(gone)
      Issue.record("given")
    } catch let failure as Failure { #expect(failure.kind == .internal && failure.code == "attachments.missing", "\(failure)") }
    await expectFailure(.internal) { try await world.download(rotten) }
    #expect(world.store.figures.snapshot[.missing] == 1 && world.store.figures.snapshot[.damaged] == 1)
    // What has no file can be deleted like any other; what is attached anew is there again.
    try await world.delete(gone)
    try await world.sweep()
    let again = try await world.attach("rotten", to: incident)
    #expect(try await world.download(again) == Array("rotten".utf8))
    #expect(try await world.download(rotten) == Array("rotten".utf8))
  }

  @Test func whatIsNoneOfOursStays() async throws {
    let world = try await AttachmentsWorld()
    let strangers = "\(world.folder)/0000000/ab"
    try FileManager.default.createDirectory(atPath: strangers, withIntermediateDirectories: true)
    let name = "ab" + String(repeating: "0", count: 62)
    try "another installation's".write(toFile: "\(strangers)/\(name)", atomically: true, encoding: .utf8)
    try FileManager.default.createDirectory(atPath: "\(world.folder)/\(world.acme.handle)/ab", withIntermediateDirectories: true)
    try "no content of ours".write(toFile: "\(world.folder)/\(world.acme.handle)/ab/README", atomically: true, encoding: .utf8)
    try world.age(30 * AttachmentsWorld.day)
    try await world.sweep()
    #expect(world.files().count == 2)
  }

  @Test func aCustomerWhoseFilesCannotBeRemovedHoldsUpNoOther() async throws {
    let world = try await AttachmentsWorld()
    let (one, two) = (
      try await world.attach("one", to: try await world.incident()), try await world.attach("two", to: try await world.incident(of: world.other))
    )
    try await world.delete(one)
    try await world.delete(two)
    // A folder where the file should be: unlink fails, for root as well.
    let path = "\(world.folder)/\(world.acme.handle)/\(world.kept()[0])"
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    await #expect(throws: LeftUndone.self) { try await world.sweep() }
    #expect(world.kept(of: world.other) == [])
    #expect(try await world.call("attachment.read", ["id": two["id"] ?? .null])["state"]?.text == "removed")
    #expect(try await world.call("attachment.read", ["id": one["id"] ?? .null])["state"]?.text == "deleted")
  }
}
