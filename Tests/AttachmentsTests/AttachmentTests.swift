import Desk
import Kernel
import Operations
import TLS
import TestSupport
import Tenancy
import Testing

@testable import Attachments

@Suite struct AttachmentTests {
  @Test func aFileIsAttachedListedDownloadedAndDeleted() async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    let made = try await world.attach(Array("the log\n".utf8), to: incident, named: "../../tmp/print\u{202e}er.log")
    #expect(made["name"]?.text == "printer.log" && made["type"]?.text == "text/plain" && made["bytes"]?.integer == 8, "\(made)")
    #expect(made["sha256"]?.text == Hexadecimal.text(SHA256.hash(Array("the log\n".utf8))))
    #expect(try await world.list(incident) == [made])
    #expect(try await world.call("attachment.read", ["id": made["id"] ?? .null]) == made)
    #expect(try await world.download(made) == Array("the log\n".utf8))
    #expect(world.kept().count == 1 && world.incoming() == [])

    try await world.delete(made)
    #expect(try await world.list(incident) == [])
    let listed = try await world.list(incident, deleted: true)
    #expect(listed.first?["state"]?.text == "deleted" && listed.first?["deletionReason"]?.text == "Wrong ticket", "\(listed)")
    #expect(listed.first?["deleterName"]?.text == world.engineer.name)
    await expectFailure(.conflict) { try await world.download(made) }
    await expectFailure(.conflict) { try await world.delete(made) }
    try world.nextDay()
    try await world.sweepOnce()
    #expect(world.kept() == [])
    #expect(try await world.list(incident, deleted: true).first?["state"]?.text == "removed")

    let history = try await world.call("incident.history", ["id": incident])["items"]?.array ?? []
    #expect(history.map { $0["type"]?.text } == ["incident.opened", "incident.attached", "incident.detached"])
    #expect(history[1]["payload"]?["attachment"] == made["id"] && history[1]["actorKind"]?.text == "staff")
    // Nobody has to read the ticket again.
    #expect(try await world.call("incident.read", ["id": incident])["version"]?.integer == 1)
  }

  @Test func whatIsWrongIsNamed() async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    func refused(_ members: [String: Value]) async -> Failure? {
      do {
        try await world.call("attachment.add", ["incident": incident, "name": "a"].merging(members) { $1 })
        return nil
      } catch { return error as? Failure }
    }
    #expect(await refused([:])?.violations.map(\.path) == ["content"])
    for text in ["====", "a", "aGk", "aGk=x", "\u{e9}\u{e9}\u{e9}\u{e9}"] {
      #expect(await refused(["content": .text(text)])?.violations.first?.message.key == "attachments.base64", "\(text)")
    }
    #expect(await refused(["content": .text("\n\n")])?.violations.map(\.message.key) == ["input.blank"])
    #expect(await refused(["name": .text(String(repeating: "a", count: 256)), "content": "aGk="])?.violations.map(\.path) == ["name"])
    #expect(await refused(["visibility": "secret", "content": "aGk="])?.violations.map(\.path) == ["visibility"])
    let program = Base64.encode([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0])
    #expect(await refused(["content": .text(program)])?.code == "attachments.program")
    #expect(await refused(["content": .text(Base64.encode([UInt8](repeating: 65, count: 512 << 10 + 1)))]) != nil)
    #expect(try await world.rows() == 0)
    #expect(world.files() == [])

    // As `base64` writes it, and the largest that goes as text.
    #expect(try await world.call("attachment.add", ["incident": incident, "name": "a", "content": "aGVs\nbG8=\n"])["bytes"]?.integer == 5)
    let large = try await world.attach([UInt8](repeating: 65, count: 512 << 10), to: incident)
    #expect(try await world.download(large).count == 512 << 10)
  }

  /// What comes as text is not written for whoever may not, or where it does not fit.
  @Test func nothingIsWrittenInVain() async throws {
    let world = try await AttachmentsWorld(limits: FileLimits(fileBytes: 100, tenantBytes: 150))
    let incident = try await world.incident()
    let foreign = try await world.incident(of: world.other)
    let one = try await world.database.staff(.engineer, for: [world.acme])
    try await world.attach([UInt8](repeating: 65, count: 100), to: incident)
    // A store that fails when it is asked for a place: it is not asked.
    let broken = try await AttachmentsWorld.dispatcher(world.database, BrokenStore(world.store, fault: .receiving))
    await expectFailure(.tooLarge) { try await world.attach([UInt8](repeating: 65, count: 101), to: incident, by: broken) }
    await expectFailure(.conflict) { try await world.attach([UInt8](repeating: 65, count: 51), to: incident, by: broken) }
    await expectFailure(.invalid) { try await world.call("attachment.add", ["incident": incident, "name": "a", "content": "\n\n"], by: broken) }
    await expectFailure(.invalid) { try await world.attach([65], to: foreign, as: one, by: broken) }
    let manager = try await world.database.user(.customerManager, of: world.acme)
    await expectFailure(.invalid) { try await world.attach([65], to: incident, visibility: "internal", as: manager, by: broken) }
    await expectFailure(.internal) { try await world.attach([65], to: incident, by: broken) }
  }

  @Test func programsAreTakenWhereTheSettingsSaySo() async throws {
    let world = try await AttachmentsWorld(limits: FileLimits(takesPrograms: true))
    let made = try await world.attach([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0], to: try await world.incident(), named: "tool")
    #expect(made["type"]?.text == "application/x-elf")
  }

  @Test func withoutAFolderThereAreNoFiles() async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    let dispatcher = try await AttachmentsWorld.dispatcher(world.database, nil)
    for (operation, input) in [
      ("attachment.add", ["incident": incident, "name": "a", "content": "aGk="]), ("attachment_storage.read", ["customer": .id(world.acme.publicId)]),
    ] as [(String, [String: Value])] {
      await #expect(throws: Failure.self) { try await world.call(operation, input, by: dispatcher) }
      do { try await world.call(operation, input, by: dispatcher) } catch { #expect((error as? Failure)?.code == "files.off", "\(error)") }
    }
    #expect(try await world.call("attachment.list", ["incident": incident], by: dispatcher)["items"]?.array == [])
  }

  @Test func customersSeeWhatIsPublicOnTheirTickets() async throws {
    let world = try await AttachmentsWorld()
    let manager = try await world.database.user(.customerManager, of: world.acme)
    let requester = try await world.database.user(.requester, of: world.acme, .own)
    let incident = try await world.incident()
    let shown = try await world.attach("public", to: incident)
    let hidden = try await world.attach(Array("internal".utf8), to: incident, visibility: "internal")
    #expect(try await world.list(incident).count == 2)
    #expect(try await world.list(incident, as: manager).map { $0["id"] } == [shown["id"]])
    #expect(try await world.download(shown, as: manager) == Array("public".utf8))
    await expectFailure(.notFound) { try await world.download(hidden, as: manager) }
    await expectFailure(.notFound) { try await world.call("attachment.read", ["id": hidden["id"] ?? .null], as: manager) }
    await expectFailure(.denied) { try await world.call("attachment.delete", ["id": shown["id"] ?? .null, "reason": "x"], as: manager) }
    await expectFailure(.invalid) { try await world.attach(Array("x".utf8), to: incident, visibility: "internal", as: manager) }
    // Another's ticket is not there for whoever sees only his own.
    await expectFailure(.invalid) { try await world.list(incident, as: requester) }
    await expectFailure(.invalid) { try await world.attach("mine", to: incident, as: requester) }
    await expectFailure(.notFound) { try await world.download(shown, as: requester) }
    let own = try await world.incident(as: requester)
    let mine = try await world.attach("mine", to: own, as: requester)
    #expect(try await world.download(mine, as: requester) == Array("mine".utf8))

    // Why it went, and who took it away, is the staff's affair; so is what of it was internal.
    try await world.delete(shown)
    try await world.delete(hidden)
    try world.nextDay()
    try await world.sweepOnce()
    let listed = try await world.list(incident, deleted: true, as: manager)
    #expect(listed.map { $0["state"]?.text } == ["deleted"] && listed[0]["deletionReason"] == .null && listed[0]["deleterName"] == .null, "\(listed)")
    let seen = try await world.call("incident.history", ["id": incident], as: manager)["items"]?.array ?? []
    #expect(seen.map { $0["type"]?.text } == ["incident.opened", "incident.attached", "incident.detached"])
    #expect(try await world.call("incident.history", ["id": incident])["items"]?.array?.count == 5)
  }

  @Test func nothingOfAnotherCustomerIsThere() async throws {
    let world = try await AttachmentsWorld()
    let (incident, foreign) = (try await world.incident(), try await world.incident(of: world.other))
    let made = try await world.attach("same bytes", to: foreign)
    let one = try await world.database.staff(.engineer, for: [world.acme])
    let unknown = Value.id(world.acme.id("att", [UInt8](repeating: 7, count: 12)))
    for operation in ["attachment.read", "attachment.download", "attachment.delete"] {
      for id in [made["id"] ?? .null, unknown] {
        await expectFailure(.notFound) { try await world.call(operation, operation == "attachment.delete" ? ["id": id, "reason": "x"] : ["id": id], as: one) }
      }
    }
    await expectFailure(.invalid) { try await world.attach("x", to: foreign, as: one) }
    // The same bytes lie there once for each.
    try await world.attach("same bytes", to: incident)
    #expect(world.kept() == world.kept(of: world.other) && world.kept().count == 1)
    try await world.delete(made)
    try world.nextDay()
    try await world.sweep()
    #expect(world.kept().count == 1 && world.kept(of: world.other) == [])
  }

  @Test func aTicketThatWentIntoAnotherKeepsItsFiles() async throws {
    let world = try await AttachmentsWorld()
    let (from, into) = (try await world.incident(), try await world.incident())
    let made = try await world.attach("evidence", to: from)
    try await world.call("incident.merge", ["id": from, "into": into], version: 1)
    #expect(try await world.list(from) == [made])
    #expect(try await world.list(into) == [])
    #expect(try await world.download(made) == Array("evidence".utf8))
    #expect(try await world.attach("late", to: from)["state"]?.text == "stored", "as a comment may still be made")
    let split = try await world.call("incident.split", ["id": into, "title": "Another matter"])["id"] ?? .null
    #expect(try await world.list(split) == [])
  }

  @Test func aRepeatedCallAttachesOnce() async throws {
    let world = try await AttachmentsWorld()
    let incident = try await world.incident()
    let first = try await world.attach(Array("once".utf8), to: incident, key: "k")
    #expect(try await world.attach(Array("once".utf8), to: incident, key: "k") == first)
    await expectFailure(.conflict) { try await world.attach(Array("other".utf8), to: incident, key: "k") }
    #expect(try await world.rows() == 1)
    #expect(try await world.storage()["usedBytes"]?.integer == 4)
    // At once, too: one is done, and all are told the same.
    let told = try await withThrowingTaskGroup(of: Value.self) { group in
      for _ in 0..<6 { group.addTask { try await world.attach(Array("many".utf8), to: incident, key: "m") } }
      return try await group.reduce(into: Set<Value>()) { $0.insert($1) }
    }
    #expect(told.count == 1)
    #expect(try await world.rows() == 2)
    #expect(try await world.storage()["files"]?.integer == 2)
    // Different files with one key: one is done, and of the others nothing lies there.
    let done = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<6 { group.addTask { (try? await world.attach(Array("other \(number)".utf8), to: incident, key: "d")) != nil } }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(done == 1)
    #expect(world.kept().count == 3 && world.incoming() == [], "\(world.files())")
  }

  @Test func theAuditNamesTheFileAndHoldsNoneOfIt() async throws {
    let world = try await AttachmentsWorld()
    let made = try await world.attach("secret content of the file", to: try await world.incident())
    let audit = try await world.call("audit.list", ["customer": .id(world.acme.publicId), "limit": 50], as: world.administrator)
    let row = try #require(audit["items"]?.array?.first { $0["operation"]?.text == "attachment.add" })
    #expect(row["subject"] == made["id"])
    #expect(!JSON.text(row).contains(Base64.encode(Array("secret content of the file".utf8))))
  }
}
