"""The table for people."""


def number(value):
    if value is None:
        return "-"
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def show(about, figures):
    print(f"{about['model']}, {about['cores']} cores, {about['memory']}; {about['system']}; PostgreSQL {about['postgresql']}; {about['date']}")
    print(f"load before: {about['load']}; {about['rounds']} rounds" + (", quick sizes" if about["quick"] else ""))
    rows = [("MEASURE", "WHAT", "STEWARD", "LIMIT", "UNIT", "RATIO", "GOAL", "MET")]
    for figure in figures:
        goal = "" if figure.goal is None else f"{'≥' if figure.goal[0] == 'at least' else '≤'} {figure.goal[1]:g}"
        met = {None: "", True: "yes", False: "NO"}[figure.is_met]
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        rows.append((figure.measure, figure.what, number(figure.ours), number(figure.limit), figure.unit, ratio, goal, met))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [cell.rjust(width) if column in (2, 3, 5) else cell.ljust(width) for column, (cell, width) in enumerate(zip(row, widths))]
        print("  ".join(cells).rstrip())


def explain(figures):
    print("\nHow to read it")
    told = set()
    for figure in figures:
        if figure.reading not in told:
            told.add(figure.reading)
            print(f"- {figure.measure}: {figure.reading}")
