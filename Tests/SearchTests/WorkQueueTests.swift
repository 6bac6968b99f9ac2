import Desk
import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@testable import Search

/// One queue over all processes.
@Suite struct WorkQueueTests {
  /// Guard: where a process goes on behind the place of another one by anything but its own edge, a row is skipped or comes twice.
  @Test func allProcessesComeTheNextDueFirstPageByPage() async throws {
    let work = try await WorkWorld()
    #expect(Set(work.rows.map(\.process)) == Set(WorkRow.processes))
    let (all, acme) = (work.expected(), work.expected { $0.concerns(work.world.acme) })
    #expect(acme.count < all.count)
    for limit in [1, 2, 3, 7, 200] as [Int64] {
      #expect(try await work.walk(by: limit) == all, "by \(limit)")
      #expect(try await work.walk(by: limit, as: work.world.servesAcme) == acme, "by \(limit)")
    }
    // Where much is, none is left out at the edge of what was walked: all hang together by one instant.
    try await work.world.database.runAsSuperuser(
      """
      update desk.ticket set opened_at = '2026-01-01', due_at = null; update requests.request set submitted_at = '2026-01-01', due_at = null;
      update requests.task set ready_at = '2026-01-01'; update problems.problem set opened_at = '2026-01-01';
      update changes.change set opened_at = '2026-01-01'; update changes.task set ready_at = '2026-01-01'
      """)
    let whole = try await work.walk()
    #expect(Set(whole) == Set(all) && whole.count == all.count)
    #expect(try await work.walk(by: 1) == whole)
  }

  @Test func itIsNarrowed() async throws {
    let work = try await WorkWorld()
    let (acme, now, me) = (work.world.acme, work.now, work.engineer.actor.id)
    let later = now.adding(seconds: 5000)
    func check(_ given: KeyValuePairs<String, Value>, _ isMeant: (WorkRow) -> Bool) async throws {
      let expected = work.expected(isMeant)
      #expect(try await work.walk(given) == expected, "\(given)")
      #expect(try await work.walk(given, by: 2) == expected, "\(given)")
      let counts = Dictionary(grouping: work.rows.filter(isMeant), by: \.process).mapValues { Int64($0.count) }
      #expect(try await work.counts(given).filter { $0.value != 0 } == counts, "\(given)")
    }
    for process in WorkRow.processes { try await check(["processes": .array([.text(process)])]) { $0.process == process } }
    try await check(["processes": .array(["request", "task"])]) { ["request", "task"].contains($0.process) }
    // Of one customer: what is about him, and not what may be.
    try await check(["customers": .array([.id(acme.publicId)])]) { $0.concerns(acme, orAny: false) }
    try await check(["team": work.team]) { !$0.teams.isEmpty }
    try await check(["mine": .bool(true)]) { $0.owner == me }
    try await check(["unowned": .bool(true)]) { $0.owner == nil }
    try await check(["mine": .bool(true), "unowned": .bool(true)]) { _ in false }
    try await check(["priority": 2]) { $0.priority == 2 }
    try await check(["dueBefore": .instant(later)]) { $0.isDue(before: later) }
    try await check(["dueWithinMinutes": 100]) { $0.isDue(before: now.adding(seconds: 6000)) }
    try await check(["dueWithinMinutes": 0, "dueBefore": .instant(later)]) { $0.isDue(before: now) }
    try await check(["dueWithinMinutes": 100, "overdue": .bool(true)]) { $0.isDue(before: now) }
    try await check(["overdue": .bool(true)]) { $0.isDue(before: now) }
    try await check(["overdue": .bool(false)]) { !$0.isDue(before: now) }
    try await check(["overdue": .bool(false), "dueBefore": .instant(later), "mine": .bool(true)]) { row in
      row.owner == me && row.isDue(before: later) && !row.isDue(before: now)
    }
    try await check(["team": work.team, "processes": .array(["task", "change_task"]), "unowned": .bool(true)]) { row in
      !row.teams.isEmpty && row.owner == nil && row.process.hasSuffix("task")
    }
    await expectFailure(.invalid) { try await work.walk(["team": "team_p1_00000000000000000000"]) }
    await expectFailure(.invalid) { try await work.walk(["processes": .array(["release"])]) }
    await expectFailure(.invalid) { try await work.walk(["customers": .array([.id(work.world.other.publicId)])], as: work.world.servesAcme) }
  }

  /// Guard: without the right to read it in ``WorkProcess/reading``, whoever has the queue sees every process.
  @Test func eachProcessIsShownToWhomMayReadIt() async throws {
    let work = try await WorkWorld()
    for process in WorkProcess.allCases {
      let hidden = process.reading.permission
      let rest = work.somebody([Grant(role: "engineer", permissions: work.rights.subtracting([hidden]), scope: .all)])
      let gone = Set(WorkProcess.allCases.filter { $0.reading.permission == hidden }.map(\.rawValue))
      #expect(try await work.walk(as: rest) == work.expected { !gone.contains($0.process) }, "without \(hidden)")
      let counted = try await work.counts(as: rest)
      #expect(Set(counted.keys) == Set(WorkRow.processes).subtracting(gone), "without \(hidden)")
      #expect(try await work.walk(["processes": .array([.text(process.rawValue)])], as: rest) == [], "without \(hidden)")
    }
    await expectFailure(.denied) {
      try await work.walk(as: work.somebody([Grant(role: "engineer", permissions: work.rights.subtracting(["work.queue"]), scope: .all)]))
    }
    // Two grants: everything of ACME, and of the others incidents alone; by a page of both as well.
    let acme = work.world.acme
    let two = work.somebody([
      Grant(role: "engineer", permissions: work.rights, scope: .listed([acme.id])),
      Grant(role: "finance", permissions: ["work.queue", "incident.read"], scope: .all),
    ])
    let expected = work.expected { $0.process == "incident" || $0.concerns(acme) }
    #expect(try await work.walk(as: two) == expected)
    #expect(try await work.walk(by: 3, as: two) == expected)
    // The queue for ACME alone: what he may read of others is not in it.
    let narrow = work.somebody([
      Grant(role: "engineer", permissions: work.rights, scope: .listed([acme.id])),
      Grant(role: "finance", permissions: work.rights.subtracting(["work.queue"]), scope: .all),
    ])
    #expect(try await work.walk(as: narrow) == work.expected { $0.concerns(acme) })
  }

  @Test func noCustomerSeesItAndNobodyWhomHeDoesNotServe() async throws {
    let work = try await WorkWorld()
    await expectFailure(.denied) { try await work.walk(as: work.world.manager) }
    await expectFailure(.denied) { try await work.counts(as: work.world.requester) }
    let third = try await work.world.database.customer("THIRD")
    let stranger = try await work.world.database.staff(.engineer, for: [third])
    // A problem that may concern several is there for all of the staff.
    #expect(try await work.walk(as: stranger) == work.expected { $0.customers == nil })
    #expect(try await work.walk(["customers": .array([.id(third.publicId)])], as: stranger) == [])
    // Account managers do no tasks.
    let manager = try await work.world.database.staff(.accountManager)
    #expect(try await work.walk(as: manager) == work.expected { $0.process != "task" })
  }

  @Test func whereNothingIsThereIsNothing() async throws {
    let world = try await SearchWorld()
    let page = try await world.call("work.queue", [:])
    #expect(page["items"]?.array?.isEmpty == true && (page["next"] ?? .null).isNull)
    let counted = try await world.call("work.count", [:])["processes"]?.array ?? []
    #expect(counted.map { $0["process"]?.text ?? "" } == WorkRow.processes)
    #expect(counted.allSatisfy { $0["count"] == 0 && $0["isMore"] == .bool(false) })
  }

  @Test func aCursorIsGoodForWhatItWasMadeFor() async throws {
    let work = try await WorkWorld()
    let next = try await work.world.call("work.queue", ["limit": 2])["next"] ?? .null
    #expect(!next.isNull)
    await expectFailure(.invalid) { try await work.world.call("work.queue", ["limit": 2, "cursor": next, "mine": .bool(true)]) }
    await expectFailure(.invalid) { try await work.world.call("work.queue", ["cursor": next, "processes": .array(["task"])]) }
    await expectFailure(.invalid) { try await work.world.call("incident.queue", ["cursor": next]) }
    await expectFailure(.invalid) { try await work.world.call("work.queue", ["cursor": next], as: work.world.servesAcme) }
    let other = try await work.world.call("incident.queue", ["limit": 1])["next"] ?? .null
    await expectFailure(.invalid) { try await work.world.call("work.queue", ["cursor": other]) }
  }

  /// What a line says is what its own process says.
  @Test func aLineSaysWhatIsDueAndIsReadByItsProcess() async throws {
    let work = try await WorkWorld()
    let world = work.world
    let items = try await world.call("work.queue", ["limit": 200])["items"]?.array ?? []
    let changes = try await world.call("change.list", ["limit": 200])["items"]?.array ?? []
    for item in items {
      let (process, id) = (item["process"]?.text ?? "", item["id"] ?? .null)
      switch process {
      case "task":
        let read = try await world.call("task.read", ["id": id])
        #expect(read["requestNumber"] == item["number"] && read["request"] == item["partOf"] && read["state"] == item["state"], "\(item)")
        #expect(read["team"] == item["team"] && read["assignee"] == item["owner"] && read["customer"] == item["customer"], "\(item)")
      case "change_task":
        let whole = changes.first { $0["id"] == item["partOf"] } ?? .null
        #expect(whole["number"] == item["number"] && whole["state"] == "implementing" && item["state"] == "ready", "\(item)")
        let isTaken = item["owner"] != Value.null
        #expect(item["title"] == "Swap it" && item["ownerBy"] == (isTaken ? "person" : .null), "\(item)")
      default:
        var read = changes.first { $0["id"] == id } ?? .null
        if process != "change" { read = try await world.call("\(process).read", ["id": id]) }
        #expect(read["number"] == item["number"] && read["state"] == item["state"] && item["partOf"] == Value.null, "\(item)")
        #expect(read["owner"] == item["owner"] && read["ownerBy"] == item["ownerBy"], "\(item)")
        if ["problem", "change"].contains(process) { #expect(read["team"] == item["team"] && read["teamName"] == item["teamName"], "\(item)") }
      }
      let isDated = item["dueAt"] != Value.null
      let metric: Value =
        switch process {
        case "incident", "request": isDated ? "response" : .null
        case "change": isDated ? "planned_end" : .null
        default: .null
        }
      #expect(item["dueMetric"] == metric, "\(item)")
      let warned: Value =
        switch process {
        case "incident": 75
        case "request": 50
        default: .null
        }
      #expect(item["warnedPercent"] == warned, "\(item)")
      let due = item["dueAt"]?.text.flatMap { Instant($0) }
      #expect(item["breached"] == .bool(due.map { $0 < work.now } ?? false), "\(item)")
      let overdue: Int64? = if let due, due < work.now { work.now.seconds - due.seconds } else { nil }
      #expect(item["overdueSeconds"]?.integer == overdue, "\(item)")
      let isOfOne = item["customer"] == .id(world.acme.publicId) || item["customer"] == .id(world.other.publicId)
      #expect(isOfOne || process == "problem" && item["customer"] == Value.null && item["title"] == "Of several", "\(item)")
    }
    #expect(Set(items.map { $0["process"]?.text ?? "" }) == Set(WorkRow.processes))
  }
}
