import Kernel
import Operations
import ServiceTime

/// What differs between two instants of a contract, with all that its lines promise: for programs and in words.
package enum CompareContract: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let from: Instant?
    let to: Instant?

    private static let id = Field.id("id", .contract, "The contract.", "合同编号。")
    private static let from = Field.instant("from", "The earlier instant (default: now).", "较早的时刻（默认当前时刻）。").optional
    private static let to = Field.instant(
      "to", "The later instant (default: when all that is recorded holds).", "较晚的时刻（默认为所有已登记版本均已生效之时）。"
    ).optional

    package static let fields: [any InputField] = [id, from, to]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      from = try values[Self.from]
      to = try values[Self.to]
    }
  }

  package struct ChangeOutput: OperationOutput {
    let change: ContractDifference.Change
    let line: PublicId?
    let english: String
    let chinese: String

    package static let fields: [OutputField<ChangeOutput>] = [
      OutputField("line", .id, "The line; null for the contract itself.", "合同行；合同本身为 null。") { .id($0.line) },
      OutputField("field", .text, "What changed: endsAt, monthlyFee, response.1.budget.", "变更项：如 endsAt、monthlyFee、response.1.budget。") {
        .text($0.change.subject.field)
      },
      OutputField("before", .text, "What it was; null: it was not agreed.", "变更前的值；null 表示此前未约定。") { $0.change.before?.value ?? .null },
      OutputField("after", .text, "What it is then; null: it is not agreed any more.", "变更后的值；null 表示不再约定。") { $0.change.after?.value ?? .null },
      OutputField("from", .instant, "From when on.", "自何时起。") { .instant($0.change.from) },
      OutputField("english", .text, "The change in English words.", "变更的英文表述。") { .text($0.english) },
      OutputField("chinese", .text, "The change in Chinese words.", "变更的中文表述。") { .text($0.chinese) },
    ]
  }

  package struct Output: OperationOutput {
    let from: Instant
    let to: Instant
    let changes: [ChangeOutput]

    package static let fields: [OutputField<Output>] = [
      OutputField("from", .instant, "The earlier instant.", "较早的时刻。") { .instant($0.from) },
      OutputField("to", .instant, "The later instant.", "较晚的时刻。") { .instant($0.to) },
      OutputField("changes", listOf: ChangeOutput.self, "What differs.", "差异。") { $0.changes },
    ]
  }

  package static let declaration = Declaration(
    "contract.compare", "Tell what differs between two instants of a contract, in words.", zh: "以文字说明合同在两个时刻之间的差异。", permission: "contract.read",
    roles: Rights.staffAndCustomerManager, scopes: [.tenant, .listed, .all], reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    guard let contract = try await context.transaction.first(ContractAt(tenant: context.tenant.id, publicId: input.id, at: nil)) else {
      throw Failure.notFound
    }
    let story = try await context.story(of: contract)
    let from = input.from ?? context.now
    let to = input.to ?? max(from, story.instants(from: from, to: Instant(microseconds: .max)).dropLast().last ?? from)
    guard from <= to else { throw Failure.invalid("to", ContractsMessages.compareOrder) }
    let (english, chinese) = (TermWords(.english, zone: .named(contract.zone)), TermWords(.chinese, zone: .named(contract.zone)))
    let publicIds = Dictionary(story.lines.values.joined().map { ($0.line, $0.publicId) }) { first, _ in first }
    let changes = story.difference(from: from, to: to).changes.map { change in
      let line = change.subject.line
      let name = line.flatMap { story.name(ofLine: $0, at: from) }
      return ChangeOutput(
        change: change, line: line.flatMap { publicIds[$0] }.map { context.id(.contractLine, $0) }, english: english.sentence(change, line: name),
        chinese: chinese.sentence(change, line: name))
    }
    return Output(from: from, to: to, changes: changes)
  }
}

extension OperationContext {
  func story(of contract: ContractRow) async throws -> ContractStory {
    let (tenant, id) = (tenant.id, contract.id)
    let (versions, lines, slas, targets, calendars, contacts) = try await transaction.query(
      StoryContracts(tenant: tenant, contract: id), StoryLines(tenant: tenant, contract: id), StorySlas(tenant: tenant, contract: id),
      StoryTargets(tenant: tenant, contract: id), StoryCalendars(tenant: tenant, contract: id),
      ContactsOfContract(tenant: tenant, contract: id, at: nil, afterId: 0, limit: 1000))
    return ContractStory(
      currency: Currency(code: contract.currency), contract: versions, lines: Dictionary(grouping: lines, by: \.line),
      slas: Dictionary(grouping: slas, by: \.sla), targets: Dictionary(grouping: targets, by: \.slaVersion),
      calendars: Dictionary(grouping: calendars, by: \.calendar), contacts: contacts)
  }
}
