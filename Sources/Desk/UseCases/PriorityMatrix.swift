import Kernel
import Operations
import Tenancy

/// The matrix that gives a priority by impact and urgency, as it counts for a customer, or for all.
package struct PriorityMatrixRecord: OperationOutput {
  let customer: PublicId?
  let cells: [Cell]
  let version: Int64

  static let setting = "priority_matrix"

  package struct Cell: OperationOutput {
    let row: PriorityCells.Found

    package static let fields: [OutputField<Cell>] = [
      OutputField("impact", .integer, "A number of code.list, 1 the gravest.", "影响：code.list 中的数字，1 为最高。") { .integer($0.row.impact) },
      OutputField("urgency", .integer, "A number of code.list, 1 the most urgent.", "紧急度：code.list 中的数字，1 为最高。") { .integer($0.row.urgency) },
      OutputField("priority", .integer, "The priority that they give, a number of code.list, 1 the highest.", "得出的优先级：code.list 中的数字，1 为最高。") {
        .integer($0.row.priority)
      },
      OutputField("impactName", .document, "What that impact is called, by language.", "影响的名称（按语言）。") { $0.row.impactName },
      OutputField("urgencyName", .document, "What that urgency is called, by language.", "紧急度的名称（按语言）。") { $0.row.urgencyName },
      OutputField("priorityName", .document, "What that priority is called, by language.", "优先级的名称（按语言）。") { $0.row.priorityName },
      OutputField("usual", .integer, "That of the provider's matrix.", "服务商矩阵中的优先级。") { .integer($0.row.usual) },
      OutputField("own", .boolean, "Whether the cell is the customer's own.", "是否为客户自定义。") { .bool($0.row.isOwn) },
    ]
  }

  package static let fields: [OutputField<PriorityMatrixRecord>] = [
    OutputField("customer", .id, "The customer; null: the provider's matrix, for all.", "客户；null 表示服务商的矩阵。") { .id($0.customer) },
    OutputField("cells", listOf: Cell.self, "Its cells, one for each impact and urgency that there are, in their order.", "单元格：每组影响与紧急度各一个，按其顺序排列。") {
      $0.cells
    },
    OutputField(
      "version", .integer, "For If-Match; it rises with every change of these cells; those of a customer count for themselves.",
      "用于 If-Match 的版本号，每次变更递增；各客户单独计数。"
    ) {
      .integer($0.version)
    },
  ]
}

enum PriorityFields {
  static let customer = Field.id("customer", .customer, "The customer; left out: the provider's matrix, for all.", "客户；不填表示服务商的矩阵。").optional
}

package enum ReadPriorityMatrix: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?

    package static let fields: [any InputField] = [PriorityFields.customer]

    package init(_ values: InputValues) throws(FieldError) { customer = try values[PriorityFields.customer] }
  }

  package static let declaration = Declaration(
    "priority_matrix.read", "Read which priority impact and urgency give, for a customer or for all.", zh: "查看影响与紧急度对应的优先级（某客户或全部）。",
    roles: [.administrator, .accountManager, .engineer, .customerManager], scopes: [.tenant, .listed, .all], reach: .homeOr(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> PriorityMatrixRecord {
    try await context.priorityMatrix()
  }
}

/// Sets cells of the matrix. A ticket has its priority from the matrix when it is opened or classified: what there is already keeps it.
package enum SetPriorityMatrix: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let cells: [Cell]

    package struct Cell: OperationInput {
      let impact: Int64
      let urgency: Int64
      let priority: Int64?

      private static let priority = Field.integer(
        "priority", Rating.numbers, "A number of code.list, 1 the highest; null, of a customer: as in the provider's matrix.",
        "优先级：code.list 中的数字，1 为最高；对客户填 null 表示沿用服务商的矩阵。")

      package static let fields: [any InputField] = [RatingFields.impact, RatingFields.urgency, priority.nullable]

      package init(_ values: InputValues) throws(FieldError) {
        impact = try values[RatingFields.impact]
        urgency = try values[RatingFields.urgency]
        priority = try values[Self.priority.nullable]
      }
    }

    private static let cells = Field<[Cell]>.list(
      "cells", of: Field<Cell>.object("cell", "A cell.", "一个单元格。"), count: 1...Rating.numbers.count * Rating.numbers.count,
      "The cells that are set; the others stay.", "要设置的单元格，其余保持不变。")

    package static let fields: [any InputField] = [PriorityFields.customer, cells]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[PriorityFields.customer]
      cells = try values[Self.cells]
      for (place, cell) in cells.enumerated() where cells[..<place].contains(where: { $0.impact == cell.impact && $0.urgency == cell.urgency }) {
        throw FieldError("cells[\(place)]", CodeMessages.cellTwice)
      }
    }
  }

  package static let declaration = Declaration(
    "priority_matrix.set", "Set which priority impact and urgency give, for all or for a customer; tickets follow when they are opened or classified.",
    zh: "设置影响与紧急度对应的优先级（全部或某客户）；工单在创建或重新分类时生效。",
    roles: [.administrator, .accountManager], scopes: [.all], reach: .homeOr(by: "customer"), effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> PriorityMatrixRecord {
    let tenant = context.tenant.id
    let isProvider = context.tenant.kind == .provider
    if isProvider { try await context.holdLevels() }
    try await context.raiseSetting(PriorityMatrixRecord.setting)
    try await context.requireCells(input.cells)
    // In one order for all, so that two who set it at once do not wait for each other.
    let cells = input.cells.enumerated().sorted { ($0.element.impact, $0.element.urgency) < ($1.element.impact, $1.element.urgency) }
    for (place, cell) in cells {
      switch (isProvider, cell.priority) {
      case (true, let priority?):
        context.transaction.enqueue(UpdatePriority(impact: cell.impact, urgency: cell.urgency, priority: priority))
      case (true, nil): throw Failure.invalid("cells[\(place)].priority", CodeMessages.cellNeedsPriority)
      case (false, let priority?):
        context.transaction.enqueue(
          SetCustomerPriority(tenant: tenant, impact: cell.impact, urgency: cell.urgency, priority: priority, now: context.now))
      case (false, nil): context.transaction.enqueue(ClearCustomerPriority(tenant: tenant, impact: cell.impact, urgency: cell.urgency))
      }
    }
    context.subject(context.tenant.publicId)
    return try await context.priorityMatrix()
  }
}

extension OperationContext {
  /// The priority that the matrix gives a ticket of a tenant, by numbers that their lists have.
  package func priority(of tenant: TenantId, impact: Int64, urgency: Int64) async throws -> Int64 {
    guard let priority = try await transaction.first(PriorityOf(tenant: tenant, impact: impact, urgency: urgency)) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "the priority matrix has a hole")
    }
    return priority
  }

  /// Whoever adds a level of impact or urgency and whoever sets the provider's matrix come one after the other: each counts what the other wrote.
  fileprivate func holdLevels() async throws { try await transaction.execute(HoldLevels()) }

  /// Before a level is added: the matrix will have another version.
  func holdPriorityMatrix() async throws {
    try await holdLevels()
    try await raiseSetting(PriorityMatrixRecord.setting)
  }

  /// Once a level was added: every pair has a priority. A customer's own cells stay as they are; of a new level the provider's count for him.
  func fillPriorityMatrix() async throws {
    let (cells, impacts, urgencies, priorities) = try await transaction.query(
      MatrixCells(), ListedNumbers(.impact), ListedNumbers(.urgency), ListedNumbers(.priority))
    let missing = MatrixFill.missing(
      in: cells, impacts: impacts.map(\.number), urgencies: urgencies.map(\.number), inUse: priorities.filter(\.isActive).map(\.number))
    transaction.enqueue(InsertPriorities(cells: missing))
  }

  /// A cell is of levels that their lists have; a priority that is retired is given by no cell that does not give it already.
  fileprivate func requireCells(_ cells: [SetPriorityMatrix.Input.Cell]) async throws {
    let held = try await transaction.query(PriorityCells(tenant: tenant.id))
    let named = cells.enumerated().flatMap { place, cell -> [NamedCode] in
      let path = "cells[\(place)]."
      guard let there = held.first(where: { $0.impact == cell.impact && $0.urgency == cell.urgency }) else {
        return NamedCode.rating(impact: cell.impact, urgency: cell.urgency, at: path)
      }
      guard let priority = cell.priority, priority != there.priority else { return [] }
      return [NamedCode(.priority, String(priority), at: path + "priority")]
    }
    guard !named.isEmpty else { return }
    let found = codes(named)
    try await transaction.flush()
    _ = try found.usable()
  }

  fileprivate func priorityMatrix() async throws -> PriorityMatrixRecord {
    let cells = try await transaction.query(PriorityCells(tenant: tenant.id))
    return PriorityMatrixRecord(
      customer: tenant.kind == .customer ? tenant.publicId : nil, cells: cells.map(PriorityMatrixRecord.Cell.init),
      version: try await settingVersion(PriorityMatrixRecord.setting))
  }
}
