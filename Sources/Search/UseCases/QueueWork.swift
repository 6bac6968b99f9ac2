import Desk
import Kernel
import Operations
import Tenancy

/// The engineer's one queue: what is to be done of all processes, of all customers that he serves, the next due first.
package enum QueueWork: Operation {
  package struct Input: OperationInput {
    let shown: ShownWork
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = ShownWork.fields + [Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      shown = try ShownWork(values)
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "work.queue",
    "List what is to be done for all customers that the caller serves, of all processes together, the next due first; of each process as far as he may read it.",
    zh: "列出所服务客户的全部待办：各流程合为一个队列，最先到期的在前；各流程均仅限有权查看的部分。", roles: [.administrator, .accountManager, .engineer],
    reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<WorkLine> {
    let criteria = try await input.shown.meant(in: context)
    // What a cursor is good for.
    let filterText = JSON.text(criteria.value)
    let (limit, cursor) = try context.page(input.limit, input.cursor, filter: filterText)
    let readable = context.readable(criteria)
    let filter = try await context.filter(criteria, readable)
    let places = try await context.places(
      try await context.sights(criteria, filter.holding(readable)), filter, after: try cursor.map(WorkPlace.init), limit: limit + 1)
    let found = try await context.work(at: places)
    // What has become somebody else's since the look is left out.
    return context.sparseListing(places, limit: limit, filter: filterText, key: { $0.cursor }) { place -> WorkLine? in
      guard let row = found[WorkAt.Key(process: place.process, id: place.id)], context.sees(row, readable) else { return nil }
      return context.line(row)
    }
  }
}

/// How much of it there is, of each process.
package enum CountQueuedWork: Operation {
  package struct Input: OperationInput {
    let shown: ShownWork

    package static let fields: [any InputField] = ShownWork.fields

    package init(_ values: InputValues) throws(FieldError) { shown = try ShownWork(values) }
  }

  package struct Output: OperationOutput {
    let processes: [WorkCount]

    package static let fields: [OutputField<Output>] = [
      OutputField("processes", listOf: WorkCount.self, "Of each process that the caller may read and that was asked for.", "按流程列出（仅限所查询且有权查看的流程）。") {
        $0.processes
      }
    ]
  }

  package static let declaration = Declaration(
    "work.count", "Count what the queue over all processes would show, of each process.", zh: "按流程统计综合队列将显示的数量。", permission: "work.queue",
    roles: [.administrator, .accountManager, .engineer], reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let criteria = try await input.shown.meant(in: context)
    let readable = context.readable(criteria)
    let filter = try await context.filter(criteria, readable)
    let sights = try await context.sights(criteria, filter.holding(readable))
    var counts: [WorkProcess: Int64] = [:]
    for sight in sights {
      for process in sight.processes { counts[process] = 0 }
      let places = WorkPlaces(sight: sight, filter: filter, after: nil, limit: WorkCount.most + 1)
      let found =
        if let attribute = filter.attribute {
          try await context.transaction.query(WorkCounts(places: AttributeWorkPlaces(places: places, attribute: attribute)))
        } else {
          try await context.transaction.query(WorkCounts(places: places))
        }
      for one in found { counts[one.process] = one.count }
    }
    return Output(processes: WorkProcess.allCases.compactMap { process in counts[process].map { WorkCount(process: process, count: $0) } })
  }
}

extension OperationContext {
  /// What the caller may read of the processes that are asked for.
  fileprivate func readable(_ criteria: WorkCriteria) -> [WorkProcess: Access] {
    var readable: [WorkProcess: Access] = [:]
    for process in WorkProcess.allCases where criteria.asks(for: process) {
      let reading = process.reading
      guard let own = principal.access(reading.permission, honouring: reading.scopes, at: now), own.rows.everything else { continue }
      readable[process] = own
    }
    return readable
  }

  /// Of whom he sees each. Mostly one answer for all of them.
  fileprivate func sights(_ criteria: WorkCriteria, _ readable: [WorkProcess: Access]) async throws -> [WorkSight] {
    let served = try await self.served(criteria.customers)
    var sights: [WorkSight] = []
    for process in WorkProcess.allCases {
      guard let own = readable[process] else { continue }
      var tenants = served
      if own.tenants != access.tenants, let owned = own.tenants {
        tenants = served.map { served in served.filter { owned.contains(TenantId($0)) } } ?? owned.map(\.rawValue).sorted()
      }
      guard tenants?.isEmpty != true else { continue }
      if let index = sights.firstIndex(where: { $0.tenants == tenants }) {
        sights[index].processes.append(process)
      } else {
        sights.append(WorkSight(processes: [process], tenants: tenants))
      }
    }
    return sights
  }

  fileprivate func filter(_ criteria: WorkCriteria, _ readable: [WorkProcess: Access]) async throws -> WorkFilter {
    var filter = WorkFilter(
      isNarrowed: criteria.customers != nil, owner: criteria.mine ? actor.id : nil, isUnowned: criteria.unowned, priority: criteria.priority,
      dueFrom: criteria.overdue == false ? now : nil, dueBefore: [criteria.dueBefore, criteria.overdue == true ? now : nil].compactMap { $0 }.min())
    if let team = criteria.team { filter.team = try await self.team(team, "team") }
    filter.attribute = try await criteria.attributeAsked(of: WorkProcess.allCases.filter { readable[$0] != nil }, in: self)
    if criteria.myTeams { filter.wantedTeams = try await ownTeams() }
    if criteria.offered {
      filter.offeredTo = actor.id
      filter.offeredTeams = try await teamsToAnswerFor()
    }
    let soon = criteria.dueWithinMinutes.map { now.adding(seconds: $0 * 60) }
    filter.dueBefore = [filter.dueBefore, soon].compactMap { $0 }.min()
    return filter
  }

  /// The next places of all processes together.
  fileprivate func places(_ sights: [WorkSight], _ filter: WorkFilter, after: WorkPlace?, limit: Int64) async throws -> [WorkPlace] {
    var places: [WorkPlace] = []
    for sight in sights {
      let look = WorkPlaces(sight: sight, filter: filter, after: after, limit: limit)
      if let attribute = filter.attribute {
        places += try await transaction.query(AttributeWorkPlaces(places: look, attribute: attribute))
      } else {
        places += try await transaction.query(look)
      }
    }
    return Array(places.sorted { $0.comesBefore($1) }.prefix(Int(limit)))
  }

  /// What is at some places, read under row security with exactly their tenants bound, and the provider's own for the names of its staff.
  fileprivate func work(at places: [WorkPlace]) async throws -> [WorkAt.Key: WorkAt.Found] {
    guard !places.isEmpty else { return [:] }
    let tenants = Set(places.map(\.tenant) + [provider.id]).sorted()
    let rows = try await bound(to: tenants) { try await $0.last(WorkAt(places: places, provider: provider.id)) }
    return Dictionary(rows.map { (WorkAt.Key(process: $0.process, id: $0.id), $0) }) { first, _ in first }
  }

  /// Whether the caller serves one of those whom it concerns; what may concern anybody all of the staff see, what concerns nobody yet who serves all.
  fileprivate func sees(_ row: WorkAt.Found, _ readable: [WorkProcess: Access]) -> Bool {
    guard let own = readable[row.process] else { return false }
    guard let serving = row.serving?.array, own.tenants != nil || access.tenants != nil else { return true }
    return serving.compactMap(\.integer).contains { own.reaches(TenantId($0)) && access.reaches(TenantId($0)) }
  }

  fileprivate func line(_ row: WorkAt.Found) -> WorkLine {
    let numbered = row.process.whole ?? row.process
    let handle = row.process.isProvidersOwn ? provider.handle : row.customer?.handle ?? provider.handle
    let code = row.process.isProvidersOwn ? provider.code : row.customerCode ?? provider.code
    func own(_ process: WorkProcess, _ bits: [UInt8]) -> PublicId {
      let prefix = process.idKind.prefix
      return PublicId(kind: prefix, handle: handle, random: bits) ?? .none(kind: prefix, handle: handle)
    }
    let standIn = row.owner == nil ? row.standIn : nil
    return WorkLine(
      row: row, id: own(row.process, row.publicId), number: "\(code)-\(ThingNumber.letters(of: numbered.idKind.prefix))-\(pad(row.number, 6))",
      title: row.title.text ?? LocalText(row.title).text(language) ?? "", partOf: row.whole.map { own(numbered, $0) },
      team: row.team.map { id(.team, $0) }, owner: (row.owner ?? standIn?.publicId).map { id(.staff, $0) }, ownerName: row.ownerName ?? standIn?.name,
      ownerBy: row.owner == nil ? standIn?.rule : .person, now: now)
  }
}
