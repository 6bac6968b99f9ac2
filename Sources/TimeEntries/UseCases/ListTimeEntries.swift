import Kernel
import Operations
import Tenancy

package enum ReadTimeEntry: Operation {
  package typealias Input = TimeEntryReference

  package static let declaration = Declaration(
    "time_entry.read", "Read a time entry: one's own, or with time_entry.review any.", zh: "查看工时：本人的，或凭 time_entry.review 权限查看任意工时。",
    permission: TimeRights.read, roles: TimeRights.staff, reach: .oneAndProvider(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TimeEntryOutput {
    TimeEntryOutput(try await context.timeEntry(input.id), provider: context.provider.handle)
  }
}

package enum ListTimeEntries: Operation {
  package struct Input: OperationInput {
    let state: TimeEntryState?
    let work: NamedWork
    let staff: PublicId?
    let from: CalendarDate?
    let before: CalendarDate?
    let limit: Int64?
    let cursor: String?

    private static let state = Field.oneOf(
      "state", TimeEntryState.allCases.map(\.rawValue), "Only those in this state.", "仅限此状态。"
    ).optional
    private static let ticket = Field.id("ticket", .ticketOfTime, "Only those of this ticket.", "仅限此工单。").optional
    private static let line = Field.id("line", .contractLine, "Only those of this contract line.", "仅限此合同行。").optional
    private static let request = Field.id("request", .requestOfTime, "Only those of this request.", "仅限此服务请求。").optional
    private static let problem = Field.id("problem", .problemOfTime, "Only those of this problem.", "仅限此问题。").optional
    private static let change = Field.id("change", .changeOfTime, "Only those of this change.", "仅限此变更。").optional
    private static let release = Field.id("release", .releaseOfTime, "Only those of this release.", "仅限此发布。").optional
    private static let majorIncident = Field.id("majorIncident", .majorOfTime, "Only those of this major incident.", "仅限此重大事件。").optional
    private static let staff = Field.id("staff", .staff, "Only this person's time.", "仅限此人员。").optional
    private static let from = Field.date("workedFrom", "Only work from this day on.", "仅限此日及之后的工作。").optional
    private static let before = Field.date("workedBefore", "Only work before this day.", "仅限此日之前的工作。").optional

    package static let fields: [any InputField] = [
      CustomerReference.field, state, ticket, line, request, problem, change, release, majorIncident, staff, from, before, Paging.limit, Paging.cursor,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      state = try values[Self.state].flatMap(TimeEntryState.init(rawValue:))
      var things: [ProvidersThing: PublicId] = [:]
      things[.problem] = try values[Self.problem]
      things[.change] = try values[Self.change]
      things[.release] = try values[Self.release]
      things[.majorIncident] = try values[Self.majorIncident]
      work = NamedWork(ticket: try values[Self.ticket], line: try values[Self.line], request: try values[Self.request], things: things)
      staff = try values[Self.staff]
      from = try values[Self.from]
      before = try values[Self.before]
      if let from, let before, before <= from { throw FieldError("workedBefore", TimeEntriesMessages.badRange) }
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    var filterText: String {
      let named = [work.ticket, work.line, work.request, staff] + ProvidersThing.allCases.map { work.things[$0] }
      let ids = named.map { $0?.description ?? "" }.joined(separator: "/")
      return "\(state?.rawValue ?? "")/\(ids)/\(from?.description ?? "")/\(before?.description ?? "")"
    }
  }

  package static let declaration = Declaration(
    "time_entry.list",
    "List a customer's time entries, the newest work first; without time_entry.review those of one ticket, request, problem, change, release or major incident that one may read.",
    zh: "列出客户的工时，最新的在前；无 time_entry.review 权限时仅限可查看的单个工单、请求、问题、变更、发布或重大事件的工时。", permission: TimeRights.read, roles: TimeRights.staff,
    reach: .oneAndProvider(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<TimeEntryOutput> {
    let filter = "\(context.tenant.publicId) \(input.filterText)"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    if !context.reviewsTime { try context.requireSight(of: input.work) }
    var staff: Int64?
    if let given = input.staff { staff = try await context.staffToListBy(given) }
    let page = TimePage(
      tenant: context.tenant.id, state: input.state, staff: staff, from: input.from, before: input.before,
      beforeBegan: try after?.instant(0) ?? Instant(microseconds: .max), beforePublic: try after?.bits(1) ?? PageCursor.lastBits, limit: limit + 1)
    let found = try await rows(input, page, context)
    return context.listing(found, limit: limit, filter: filter) { row in
      PageCursor([.integer(row.worked.beganAt.microseconds), .bits(row.publicId)])
    } element: { row in
      TimeEntryOutput(row, provider: context.provider.handle)
    }
  }

  private static func rows(_ input: Input, _ page: TimePage, _ context: OperationContext) async throws -> [TimeEntryRow] {
    let transaction = context.transaction
    guard input.work.count > 0 || input.work.line != nil else { return try await transaction.query(TimeOfCustomer(page: page)) }
    let reader = TimeReader(seesAll: context.reviewsTime, own: context.ownStaffId)
    let (purpose, _) = try await context.purpose(of: input.work)
    if let request = purpose.request {
      guard input.work.line == nil else { throw Failure.invalid("line", TimeEntriesMessages.lineOfRequest) }
      return try await transaction.query(TimeOfRequest(page: page, request: request.id, reader: reader))
    }
    if purpose.count > 0, input.work.line == nil { return try await rows(purpose, page, reader, line: nil, context) }
    let place = try await context.place(ticket: input.work.ticket, line: input.work.line)
    if purpose.count > 0 { return try await rows(purpose, page, reader, line: place.line, context) }
    if let ticket = place.ticket { return try await transaction.query(TimeOfTicket(page: page, ticket: ticket, reader: reader)) }
    guard let line = place.line else { return [] }
    return try await transaction.query(TimeOfLine(page: page, line: line))
  }

  /// Of what is the provider's own.
  private static func rows(
    _ purpose: TimePurpose, _ page: TimePage, _ reader: TimeReader, line: Int64?, _ context: OperationContext
  ) async throws -> [TimeEntryRow] {
    guard let (thing, bits) = purpose.things.first else { return [] }
    let transaction = context.transaction
    return switch thing {
    case .problem: try await transaction.query(TimeOfProblem(page: page, thing: bits, reader: reader, line: line))
    case .change: try await transaction.query(TimeOfChange(page: page, thing: bits, reader: reader, line: line))
    case .release: try await transaction.query(TimeOfRelease(page: page, thing: bits, reader: reader, line: line))
    case .majorIncident: try await transaction.query(TimeOfMajor(page: page, thing: bits, reader: reader, line: line))
    }
  }
}

extension PageCursor {
  /// Comes after all others.
  static let lastBits = [UInt8](repeating: .max, count: PublicId.randomByteCount)

  func bits(_ index: Int) throws(Failure) -> [UInt8] {
    guard let bits = Base32.decode(try text(index).utf8, byteCount: PublicId.randomByteCount) else {
      throw Failure(.invalid, KernelMessages.badCursor)
    }
    return bits
  }
}

extension Value {
  static func bits(_ bits: [UInt8]) -> Value { .text(Base32.encode(bits)) }
}

/// One's own time for all customers.
package enum ListOwnTime: Operation {
  package typealias Input = PageInput

  package static let declaration = Declaration(
    "time_entry.mine", "List one's own time entries for all customers, the newest work first.", zh: "列出本人在所有客户的工时，最新的在前。",
    permission: TimeRights.record, roles: TimeRights.recorders, reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<TimeEntryOutput> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    guard let staff = context.ownStaffId else { return Listing(items: [], next: nil) }
    let positions = try await context.transaction.query(
      TimeOfStaff(staff: staff, tenants: context.reachedTenants, before: try after.map { try TimePosition($0) }, limit: limit + 1))
    return try await context.listing(positions, limit)
  }
}

/// What waits for an approval over all customers.
package enum QueueTimeEntries: Operation {
  package typealias Input = PageInput

  package static let declaration = Declaration(
    "time_entry.queue", "List time entries that wait for approval over all customers, the oldest work first.", zh: "列出所有客户待批准的工时，最早的在前。",
    permission: TimeRights.review, roles: TimeRights.reviewers, reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<TimeEntryOutput> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let positions = try await context.transaction.query(
      SubmittedTime(tenants: context.reachedTenants, after: try after.map { try TimePosition($0) }, limit: limit + 1))
    return try await context.listing(positions, limit)
  }
}

extension OperationContext {
  fileprivate var reachedTenants: [Int64]? { access.tenants.map { $0.map(\.rawValue).sorted() } }

  /// The entries at positions of the finder's, read with their customers bound.
  fileprivate func listing(_ positions: [TimePosition], _ limit: Int64) async throws -> Listing<TimeEntryOutput> {
    var outputs: [[UInt8]: TimeEntryOutput] = [:]
    if !positions.isEmpty {
      let found = try await bound(to: Set(positions.map(\.tenant)).sorted()) { try await $0.last(TimeAt(positions: positions)) }
      for row in found { outputs[row.publicId] = TimeEntryOutput(row, provider: provider.handle) }
    }
    let rows = positions.compactMap { position in outputs[position.publicId].map { (position: position, output: $0) } }
    return listing(rows, limit: limit, key: { $0.position.cursor }, element: { $0.output })
  }
}

extension TimePosition {
  fileprivate var cursor: PageCursor { PageCursor([.integer(beganAt.microseconds), .integer(tenant.rawValue), .bits(publicId)]) }

  fileprivate init(_ cursor: PageCursor) throws {
    self.init(tenant: TenantId(try cursor.integer(1)), publicId: try cursor.bits(2), beganAt: try cursor.instant(0))
  }
}
