import Kernel
import Operations
import TestSupport
import Testing
@testable import TimeEntries

/// Where time is billed, added up and shown, it says what it was done for, of whichever process.
@Suite struct WorkNameTests {
  /// An hour on each, the ticket and a line alone besides, with the field that names it, its process and its number.
  private struct Worked {
    struct Thing {
      let field: String
      let process: String
      let id: Value
      let number: Value
    }

    var named: [Thing] = []
    var entries: [Value] = []
  }

  private func work(in world: TimeWorld) async throws -> Worked {
    let (request, ofRequest) = try await world.request()
    for line in [world.line, ofRequest] { try await world.rule(["line": line, "customerSees": .bool(true)]) }
    let ticket = world.ticket["id"] ?? .null
    let problem = try await world.problem(about: nil)
    let change = try await world.change(of: world.acme)
    let release = try await world.release(of: world.acme)
    let major = try await world.major(of: [ticket])
    let things: [(field: String, process: String, id: Value)] = [
      ("ticket", "incident", ticket), ("request", "request", request), ("problem", "problem", problem), ("change", "change", change),
      ("release", "release", release), ("majorIncident", "major_incident", major),
    ]
    var worked = Worked()
    for (index, thing) in things.enumerated() {
      let read = try await world.call("\(thing.process).read", ["id": thing.id], as: world.anna)
      worked.named.append(Worked.Thing(field: thing.field, process: thing.process, id: thing.id, number: read["number"] ?? .null))
      var given: [String: Value] = ["ticket": .null]
      if !["ticket", "request"].contains(thing.field) { given["line"] = world.line }
      given[thing.field] = thing.id
      worked.entries.append(try await world.approved("09T0\(index + 1):00", "09T0\(index + 2):00", given))
    }
    worked.entries.append(try await world.approved("09T07:00", "09T08:00", ["ticket": .null, "line": world.line]))
    return worked
  }

  @Test func sourcesAndBillsNameIt() async throws {
    let world = try await TimeWorld()
    let worked = try await work(in: world)
    let customer: [String: Value] = ["customer": .id(world.acme.publicId)]
    func check(_ sources: [Value], _ of: String) {
      #expect(sources.count == worked.entries.count, "\(of)")
      for (thing, entry) in zip(worked.named, worked.entries) {
        let source = sources.first { $0["entry"] == entry["id"] }
        #expect(!thing.number.isNull && source?["workNumber"] == thing.number, "\(of) \(thing.field)")
        for other in worked.named {
          let expected: Value = other.field == thing.field ? thing.id : .null
          #expect(source?[other.field] == expected, "\(of) \(thing.field)")
        }
      }
      let alone = sources.first { $0["entry"] == worked.entries.last?["id"] }
      #expect(alone?["workNumber"] == .null && worked.named.allSatisfy { alone?[$0.field] == .null }, "\(of)")
    }
    check(try await world.call("time_source.list", customer, as: world.finance)["items"]?.array ?? [], "list")
    let bill = customer.merging(["bill": "B-1"]) { $1 }
    check(try await world.call("time_source.claim", bill, as: world.finance)["sources"]?.array ?? [], "claim")
    let billed = try await world.call("time_source.billed", bill, as: world.finance)["items"]?.array ?? []
    check(billed.map { $0["source"] ?? .null }, "billed")
  }

  @Test func eachIsATotalOfItsOwn() async throws {
    let world = try await TimeWorld()
    let worked = try await work(in: world)
    // What is done twice for one thing is one total.
    _ = try await world.approved("09T09:00", "09T10:00", ["ticket": .null, "request": worked.named[1].id])
    let found = try await world.call("time_entry.totals", ["customer": .id(world.acme.publicId), "by": "ticket"], as: world.finance)
    let totals = found["totals"]?.array ?? []
    #expect(totals.count == worked.named.count + 1, "\(totals)")
    for thing in worked.named {
      let total = totals.first { $0["id"] == thing.id }
      #expect(total?["label"] == thing.number && total?["process"] == .text(thing.process), "\(thing.field)")
      let minutes: Value = thing.field == "request" ? 120 : 60
      #expect(total?["minutes"] == minutes, "\(thing.field)")
    }
    let alone = totals.first { $0["id"] == .null }
    #expect(alone?["minutes"] == 60 && alone?["process"] == .null && alone?["label"] == .null)
    #expect(totals.prefix(2).map { $0["process"] ?? .null } == ["incident", "request"] && totals.last?["id"] == .null)
  }

  /// The customer knows its requests; of what is the provider's own it learns no more than the process.
  @Test func aCustomerIsToldTheRequestAndTheProcess() async throws {
    let world = try await TimeWorld()
    let worked = try await work(in: world)
    let request = worked.named[1]
    let taken = try await world.act("correct", worked.entries[1], ["reason": "Another customer's"])
    _ = try await world.act("approve", taken, as: world.manager)
    let manager = try await world.database.user(.customerManager, of: world.acme)
    let records = try await world.call("work_record.list", [:], as: manager)["items"]?.array ?? []
    #expect(records.count == worked.entries.count + 1)
    for (thing, entry) in zip(worked.named, worked.entries) {
      let record = records.first { $0["id"] == entry["id"] }
      #expect(record?["doneFor"] == .text(thing.process))
      let named: Value = thing.field == "request" ? thing.id : .null
      #expect(record?["request"] == named)
    }
    let ofRequest = records.filter { $0["doneFor"] == "request" }
    #expect(ofRequest.map { $0["minutes"]?.integer ?? 0 }.sorted() == [-60, 60])
    #expect(ofRequest.allSatisfy { $0["request"] == request.id && $0["requestNumber"] == request.number })
    #expect(records.count { $0["doneFor"] == .null } == 1, "the line's")
    let told = JSON.text(.array(records))
    for thing in worked.named.suffix(4) { #expect(!told.contains(thing.id.text ?? "?") && !told.contains(thing.number.text ?? "?"), "\(thing.field)") }
  }
}
