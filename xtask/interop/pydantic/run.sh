exec venv/bin/python driver.py
